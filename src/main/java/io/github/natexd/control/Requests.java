package io.github.natexd.control;

import io.github.natexd.control.Answer.Watch;
import io.github.natexd.control.ControlException.Kind;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.slf4j.event.Level;

/** Executes requests: text in, one line of JSON out. Never throws: a failure is a response, too. */
final class Requests {
    private static final int MAPPINGS_FROM_DIGITS_MAX = 7;

    private final Access access;
    private final DaemonView daemon;

    Requests(Access access, DaemonView daemon) {
        this.access = access;
        this.daemon = daemon;
    }

    /** Whether {@link #answer} may take seconds: a reload runs the rules script. */
    static boolean mayTakeLong(String request) {
        return request.strip().equals(Verb.RELOAD.word());
    }

    Answer answer(String request, Caller caller) {
        try {
            access.checkMayAsk(caller);
            return answerTo(Arrays.stream(request.strip().split(" +")).toList(), caller);
        } catch (ControlException e) {
            return Answer.of(error(e));
        }
    }

    private Answer answerTo(List<String> words, Caller caller) throws ControlException {
        Verb verb = verb(words.get(0));
        String argument = argument(verb, words);
        return switch (verb) {
            case STATUS -> {
                StatusReport report = daemon.status();
                yield Answer.of(json(json -> StatusJson.write(json, report)));
            }
            case MAPPINGS -> {
                var page = daemon.mappings(from(argument));
                yield Answer.of(json(json -> MappingsJson.write(json, page)));
            }
            case WATCH -> watch(argument);
            case METRICS -> {
                String text = Metrics.text(daemon.status(), Instant.now());
                yield Answer.of(
                        json(json -> versioned(json).name("text").value(text).endObject()));
            }
            case SHOW_CONFIG -> Answer.of(json(json -> SettingsJson.write(json, daemon.config())));
            case LOG_LEVEL -> logLevel(argument, caller);
            case RELOAD -> {
                access.checkMayChange(caller);
                ReloadReport report = daemon.reload();
                yield Answer.of(json(json -> reload(json, report)));
            }
        };
    }

    private Answer logLevel(String argument, Caller caller) throws ControlException {
        if (!argument.isEmpty()) {
            access.checkMayChange(caller);
            daemon.logLevel(level(argument));
        }
        String level = lowerCase(daemon.logLevel());
        return Answer.of(json(json -> versioned(json).name("level").value(level).endObject()));
    }

    private static Level level(String word) throws ControlException {
        for (Level level : Level.values()) {
            if (lowerCase(level).equals(word)) {
                return level;
            }
        }
        throw malformed("log-level takes trace, debug, info, warn or error, or no argument");
    }

    private static String lowerCase(Level level) {
        return level.name().toLowerCase(Locale.ROOT);
    }

    private static void reload(JsonWriter json, ReloadReport report) {
        versioned(json).name("changed").beginArray();
        report.changed().forEach(json::value);
        json.endArray().name("needRestart").beginArray();
        report.needRestart().forEach(json::value);
        json.endArray().endObject();
    }

    private static Verb verb(String word) throws ControlException {
        for (Verb verb : Verb.values()) {
            if (verb.word().equals(word)) {
                return verb;
            }
        }
        throw malformed("no such request");
    }

    /** The second word; empty if there is none. */
    private static String argument(Verb verb, List<String> words) throws ControlException {
        int most = verb == Verb.MAPPINGS || verb == Verb.WATCH || verb == Verb.LOG_LEVEL ? 1 : 0;
        if (words.size() > 1 + most) {
            throw malformed(verb.word() + " takes " + (most == 0 ? "no argument" : "one argument"));
        }
        return words.size() > 1 ? words.get(1) : "";
    }

    private static int from(String argument) throws ControlException {
        if (!argument.matches("[0-9]{0," + MAPPINGS_FROM_DIGITS_MAX + "}")) {
            throw malformed("mappings takes a number: the field \"next\" of the previous page");
        }
        return argument.isEmpty() ? 0 : Integer.parseInt(argument);
    }

    private static Answer watch(String argument) throws ControlException {
        Watch watch =
                switch (argument) {
                    case "" -> Watch.RELAYED;
                    case "all" -> Watch.ALL;
                    case "probes" -> Watch.PROBES;
                    default -> throw malformed("watch takes the argument all or probes, or no argument");
                };
        String what = watch.name().toLowerCase(Locale.ROOT);
        return new Answer(
                json(json -> versioned(json)
                        .name("watching")
                        .value(what)
                        .name("records")
                        .value(ObservedRecord.VERSION)
                        .endObject()),
                watch);
    }

    static ControlException malformed(String cause) {
        return new ControlException(Kind.FAILED, cause, "send one line that begins with one of: " + Verb.words());
    }

    /** The line that reports a failure to a client. */
    static String error(ControlException e) {
        return json(json -> {
            versioned(json).name("error").value(e.reason());
            json.name("fix").value(e.remedy());
            json.name("refused").value(e.kind() == Kind.REFUSED);
            json.endObject();
        });
    }

    /** A document in one line, with LF. */
    static String json(Consumer<JsonWriter> document) {
        StringBuilder text = new StringBuilder();
        document.accept(JsonWriter.oneLine(text));
        return text.toString();
    }

    private static JsonWriter versioned(JsonWriter json) {
        return json.beginObject().name("version").value(Dialect.VERSION);
    }
}
