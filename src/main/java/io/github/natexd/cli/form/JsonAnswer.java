package io.github.natexd.cli.form;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.natexd.control.ControlException;

/** A line of natexd's response on the control socket. */
public final class JsonAnswer {
    private JsonAnswer() {}

    /** Parses the line. @throws ControlException if the line reports an error */
    public static JsonObject read(String line) throws ControlException {
        JsonObject answer = JsonParser.parseString(line).getAsJsonObject();
        if (answer.has("error")) {
            boolean refused = answer.get("refused").getAsBoolean();
            throw new ControlException(
                    refused ? ControlException.Kind.REFUSED : ControlException.Kind.FAILED,
                    answer.get("error").getAsString(),
                    answer.get("fix").getAsString());
        }
        return answer;
    }
}
