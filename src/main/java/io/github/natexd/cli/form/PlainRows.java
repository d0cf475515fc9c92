package io.github.natexd.cli.form;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A JSON document as rows {@code path TAB value}; a path looks like {@code problems.0.fix}. */
public final class PlainRows {
    private PlainRows() {}

    public static void print(PrintWriter out, JsonElement document) {
        print(out, "", document);
    }

    private static void print(PrintWriter out, String path, JsonElement element) {
        if (element.isJsonObject()) {
            element.getAsJsonObject()
                    .entrySet()
                    .forEach(member -> print(out, below(path, member.getKey()), member.getValue()));
        } else if (element.isJsonArray()) {
            int index = 0;
            for (JsonElement each : element.getAsJsonArray()) {
                print(out, below(path, String.valueOf(index++)), each);
            }
        } else {
            out.print(path + "\t" + value(element) + "\n");
        }
    }

    private static String below(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    /** One row: these fields, with tabs between them. */
    public static String row(JsonObject object, List<String> columns) {
        return columns.stream().map(column -> value(object.get(column))).collect(Collectors.joining("\t")) + "\n";
    }

    /** One cell: empty for null or a missing field; tabs and line ends in the value become spaces. */
    public static String value(@Nullable JsonElement element) {
        return element == null || element.isJsonNull()
                ? ""
                : element.getAsString().replaceAll("[\\t\\r\\n]+", " ");
    }
}
