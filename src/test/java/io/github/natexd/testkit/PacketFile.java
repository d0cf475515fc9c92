package io.github.natexd.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Packets as annotated hex files in {@code src/test/resources/packets}: the name describes the case; the octets are in
 * hexadecimal, with arbitrary spaces; a comment goes from '#' to the end of the line.
 */
public final class PacketFile {
    private static final String FOLDER = "/packets/";
    private static final String SUFFIX = ".hex";

    private PacketFile() {}

    /** The octets of {@code packets/NAME.hex}. */
    public static byte[] read(String name) {
        try (InputStream in = PacketFile.class.getResourceAsStream(FOLDER + name + SUFFIX)) {
            if (in == null) {
                throw new IllegalArgumentException("no " + FOLDER + name + SUFFIX + " on the test class path");
            }
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] parse(String text) {
        StringBuilder digits = new StringBuilder();
        text.lines()
                .map(line -> line.replaceFirst("#.*", ""))
                .forEach(line -> digits.append(line.replaceAll("\\s", "")));
        return HexFormat.of().parseHex(digits);
    }
}
