package io.github.natexd.control;

import io.github.natexd.control.ControlException.Kind;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Answers requests: text in, one line of JSON out. Never throws: trouble is an answer, too. */
final class Requests {
    private final Access access;
    private final DaemonView daemon;

    Requests(Access access, DaemonView daemon) {
        this.access = access;
        this.daemon = daemon;
    }

    /** The answer, which ends with LF. */
    String answer(String request, Caller caller) {
        try {
            return answerTo(words(request), caller);
        } catch (ControlException e) {
            return error(e);
        }
    }

    private String answerTo(List<String> words, Caller caller) throws ControlException {
        access.checkMayAsk(caller);
        Verb verb = verb(words);
        return switch (verb) {
            case STATUS -> {
                noMore(words);
                StatusReport report = daemon.status();
                yield json(json -> StatusJson.write(json, report));
            }
        };
    }

    private static List<String> words(String request) {
        return Arrays.stream(request.strip().split(" +")).toList();
    }

    private static Verb verb(List<String> words) throws ControlException {
        for (Verb verb : Verb.values()) {
            if (verb.word().equals(words.get(0))) {
                return verb;
            }
        }
        throw malformed("no such request");
    }

    private static void noMore(List<String> words) throws ControlException {
        if (words.size() > 1) {
            throw malformed("'" + words.get(0) + "' takes no argument");
        }
    }

    static ControlException malformed(String cause) {
        return new ControlException(Kind.FAILED, cause, "send one line, which begins with one of: " + Verb.words());
    }

    static String error(ControlException e) {
        return json(json -> {
            json.beginObject();
            json.name("version").value(Dialect.VERSION);
            json.name("error").value(e.reason());
            json.name("fix").value(e.remedy());
            json.name("refused").value(e.kind() == Kind.REFUSED);
            json.endObject();
        });
    }

    static String json(Consumer<JsonWriter> document) {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        document.accept(JsonWriter.oneLine(out));
        out.flush();
        return text.toString();
    }
}
