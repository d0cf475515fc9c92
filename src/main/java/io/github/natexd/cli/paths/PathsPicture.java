package io.github.natexd.cli.paths;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/** The paths as one self-contained picture or page, for a ticket: no script, nothing from elsewhere. */
final class PathsPicture {
    private static final int MARGIN = 16;
    private static final int STEP = 132;
    private static final int PATH_HEIGHT = 148;
    private static final int RADIUS = 9;
    private static final int LINE = 14;
    private static final int TITLE = 18;
    private static final int NODE = 52;

    /** Follows the reader's choice of light or dark. */
    private static final String STYLE = """
            :root { --text: #1b1f24; --back: #ffffff; --line: #8a929c; --good: #1a7f37; --some: #b26a00; --none: #c62828; }
            @media (prefers-color-scheme: dark) {
              :root { --text: #e6e8eb; --back: #16191d; --line: #7d8590; --good: #3fb950; --some: #d29922; --none: #f47067; }
            }
            svg, body { background: var(--back); color: var(--text); }
            text { fill: var(--text); font: 11px sans-serif; }
            text.title { font: bold 13px sans-serif; }
            line { stroke: var(--line); stroke-width: 2; }
            circle { stroke: var(--back); stroke-width: 2; }
            .good { fill: var(--good); } .some { fill: var(--some); } .none { fill: var(--none); } .end { fill: var(--line); }
            """;

    private static final String PAGE_STYLE = """
            body { font: 14px sans-serif; margin: 1.5em; }
            pre { font: 12px monospace; overflow-x: auto; }
            """;

    private final UnaryOperator<String> names;

    /** @param names an address as it is shown: itself, or with a name */
    PathsPicture(UnaryOperator<String> names) {
        this.names = names;
    }

    /** A page with the picture and the tables. */
    String html(Collection<Path> paths) {
        String tables = String.join("\n", new PathsText(names).lines(paths));
        return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                + "<meta name=\"color-scheme\" content=\"light dark\">\n<title>Paths of guests' probes</title>\n"
                + "<style>\n" + STYLE + PAGE_STYLE + "</style>\n</head>\n<body>\n<h1>Paths of guests' probes</h1>\n"
                + svg(paths, "") + "<pre>" + escape(tables) + "</pre>\n</body>\n</html>\n";
    }

    /** The picture alone. */
    String svg(Collection<Path> paths) {
        return svg(paths, "<style>\n" + STYLE + "</style>\n");
    }

    private String svg(Collection<Path> paths, String style) {
        int hops = paths.stream().mapToInt(path -> path.hops().size()).max().orElse(0);
        int width = 2 * MARGIN + (hops + 1) * STEP;
        int height = 2 * MARGIN + paths.size() * PATH_HEIGHT;
        StringBuilder out = new StringBuilder();
        out.append(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n"
                        .formatted(width, height, width, height));
        out.append("<title>Paths of guests' probes</title>\n").append(style);
        out.append("<rect width=\"100%\" height=\"100%\" fill=\"var(--back)\"/>\n");
        int top = MARGIN;
        for (Path path : paths) {
            draw(out, path, top);
            top += PATH_HEIGHT;
        }
        return out.append("</svg>\n").toString();
    }

    private void draw(StringBuilder out, Path path, int top) {
        Path.Key key = path.key();
        text(
                out,
                MARGIN,
                top + TITLE,
                "title",
                key.guest() + " to " + names.apply(key.target()) + ", " + key.protocol());
        List<Hop> hops = path.hops();
        int y = top + NODE;
        int x = MARGIN + STEP / 2;
        out.append("<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>\n".formatted(x, y, x + hops.size() * STEP, y));
        node(out, x, y, "end", List.of("guest", key.guest()), key.guest());
        for (Hop hop : hops) {
            x += STEP;
            node(out, x, y, color(hop), words(hop), hop.number() + ": " + PathsText.remarks(hop));
        }
    }

    private static String color(Hop hop) {
        if (hop.balance().answeredProbes() == 0) {
            return "none";
        }
        return hop.balance().lostProbes() > 0 ? "some" : "good";
    }

    private List<String> words(Hop hop) {
        String router = hop.routers().isEmpty()
                ? "?"
                : names.apply(hop.routers().keySet().iterator().next());
        int more = hop.routers().size() - 1;
        String time = hop.times().isEmpty()
                ? ""
                : String.format(
                        Locale.ROOT, "%s ms", PathsText.millis(hop.times().average()));
        String lost = hop.balance().lostProbes() == 0
                ? ""
                : PathsText.percent(hop.balance().lostProbes(), hop.balance().sentProbes()) + " lost";
        String mtu = hop.nextHopMtu().isPresent() ? "MTU " + hop.nextHopMtu().getAsInt() : "";
        return List.of(hop.number() + "", router + (more > 0 ? " +" + more : ""), time, lost, mtu);
    }

    private static void node(StringBuilder out, int x, int y, String color, List<String> words, String tip) {
        out.append("<circle cx=\"%d\" cy=\"%d\" r=\"%d\" class=\"%s\"><title>%s</title></circle>\n"
                .formatted(x, y, RADIUS, color, escape(tip)));
        int line = y + RADIUS + LINE;
        for (String each : words) {
            if (!each.isEmpty()) {
                out.append(
                        "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>\n".formatted(x, line, escape(each)));
                line += LINE;
            }
        }
    }

    private static void text(StringBuilder out, int x, int y, String style, String words) {
        out.append("<text x=\"%d\" y=\"%d\" class=\"%s\">%s</text>\n".formatted(x, y, style, escape(words)));
    }

    /** Names come from the network. */
    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
