package io.github.natexd.cli.paths;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;

/** The paths as JSON; src/site/markdown/paths.md documents the fields. */
final class PathsJson {
    /** Increases when a field is removed or changes its meaning. */
    static final int VERSION = 1;

    private PathsJson() {}

    static JsonObject write(Paths paths, Names names, long lostLines) {
        JsonObject document = new JsonObject();
        document.addProperty("version", VERSION);
        document.addProperty("lostLines", lostLines);
        document.addProperty("ignoredPaths", paths.ignoredPaths());
        JsonArray all = new JsonArray();
        paths.all().forEach(path -> all.add(path(path, names)));
        document.add("paths", all);
        return document;
    }

    private static JsonObject path(Path path, Names names) {
        JsonObject object = new JsonObject();
        object.addProperty("guest", path.key().guest());
        object.addProperty("protocol", path.key().protocol());
        object.addProperty("target", path.key().target());
        object.addProperty("complete", path.isComplete());
        JsonArray hops = new JsonArray();
        path.hops().forEach(hop -> hops.add(hop(hop, names)));
        object.add("hops", hops);
        return object;
    }

    private static JsonObject hop(Hop hop, Names names) {
        JsonObject object = new JsonObject();
        object.addProperty("hop", hop.number());
        JsonArray routers = new JsonArray();
        hop.routers().forEach((address, router) -> {
            JsonObject each = new JsonObject();
            each.addProperty("address", address);
            each.addProperty("name", names.known(address).orElse(null));
            each.addProperty("answers", router.answers);
            JsonArray labels = new JsonArray();
            router.labels.forEach(labels::add);
            each.add("labels", labels);
            routers.add(each);
        });
        object.add("routers", routers);
        object.addProperty("sent", hop.balance().sentProbes());
        object.addProperty("answered", hop.balance().answeredProbes());
        object.addProperty("lost", hop.balance().lostProbes());
        object.addProperty("waiting", hop.balance().waitingProbes());
        Times times = hop.times();
        time(object, "lastMicros", times, times.last());
        time(object, "averageMicros", times, times.average());
        time(object, "bestMicros", times, times.best());
        time(object, "worstMicros", times, times.worst());
        time(object, "spreadMicros", times, times.spread());
        object.addProperty(
                "nextHopMtu", hop.nextHopMtu().isPresent() ? hop.nextHopMtu().getAsInt() : null);
        JsonArray remarks = new JsonArray();
        hop.remarks().forEach((remark, probes) -> {
            JsonObject each = new JsonObject();
            each.addProperty("remark", remark.key());
            each.addProperty("text", remark.text());
            each.addProperty("probes", probes);
            remarks.add(each);
        });
        object.add("remarks", remarks);
        return object;
    }

    private static void time(JsonObject object, String name, Times times, long micros) {
        object.addProperty(name, times.isEmpty() ? null : micros);
    }

    /** One row for scripts: the columns with tabs between them; several values in one column have commas. */
    static String row(Path path, Hop hop) {
        Times times = hop.times();
        return String.join(
                "\t",
                path.key().guest(),
                path.key().protocol(),
                path.key().target(),
                String.valueOf(hop.number()),
                String.join(",", hop.routers().keySet()),
                String.valueOf(hop.balance().sentProbes()),
                String.valueOf(hop.balance().answeredProbes()),
                String.valueOf(hop.balance().lostProbes()),
                String.valueOf(hop.balance().waitingProbes()),
                cell(times, times.last()),
                cell(times, times.average()),
                cell(times, times.best()),
                cell(times, times.worst()),
                cell(times, times.spread()),
                PathsText.joined(
                        hop.routers().values().stream()
                                .flatMap(router -> router.labels.stream())
                                .toList(),
                        ","),
                hop.nextHopMtu().isPresent() ? String.valueOf(hop.nextHopMtu().getAsInt()) : "",
                PathsText.joined(
                        hop.remarks().keySet().stream().map(Remark::key).toList(), ","));
    }

    private static String cell(Times times, long micros) {
        return times.isEmpty() ? "" : String.valueOf(micros);
    }
}
