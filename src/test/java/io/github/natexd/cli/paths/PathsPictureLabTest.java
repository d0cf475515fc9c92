package io.github.natexd.cli.paths;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The page and the picture of {@code natexctl paths} in a real browser. */
@Tag("browser")
class PathsPictureLabTest {
    private static final int HOPS = 5;
    private static final int WIDTH = 1000;
    private static final int HEIGHT = 500;
    private static final int GOOD_LIGHT = 0x1a7f37;
    private static final int GOOD_DARK = 0x3fb950;

    @TempDir
    private java.nio.file.Path directory;

    private final Paths paths = new Paths();

    @BeforeEach
    void traceOnce() {
        for (int hop = 1; hop <= HOPS; hop++) {
            add("{\"event\":\"probe\",\"hop\":%d,".formatted(hop), hop);
            add(
                    "{\"event\":\"error\",\"reason\":\"RELAYED\",\"roundTripMicros\":1000,\"reporter\":\"10.0.0.%d\","
                            .formatted(hop),
                    hop);
        }
    }

    private void add(String beginning, int port) {
        String line = beginning
                + "\"time\":\"2026-11-29T00:00:00Z\",\"guest\":\"192.168.44.100\",\"guestPort\":%d,".formatted(port)
                + "\"protocol\":\"udp\",\"target\":\"192.0.2.80\",\"targetPort\":33434}";
        Event.read(JsonParser.parseString(line).getAsJsonObject()).ifPresent(paths::add);
    }

    @Test
    void theBrowserReadsEveryHop() throws Exception {
        java.nio.file.Path page = write("page.html", new PathsPicture(address -> address).html(paths.all()));
        String dom = chromium("--dump-dom", page.toUri().toString());

        assertEquals(HOPS + 1, dom.split("<circle ", -1).length - 1, dom);
        assertTrue(dom.contains("10.0.0.3") && dom.contains("1.00 ms"), dom);
    }

    @ParameterizedTest
    @CsvSource({"1, html", "0, html", "1, svg", "0, svg"})
    void lightAndDarkAreReadable(int scheme, String form) throws Exception {
        PathsPicture picture = new PathsPicture(address -> address);
        java.nio.file.Path page =
                write("page." + form, form.equals("svg") ? picture.svg(paths.all()) : picture.html(paths.all()));
        java.nio.file.Path shot = directory.resolve("shot.png");
        chromium(
                "--blink-settings=preferredColorScheme=" + scheme,
                "--window-size=" + WIDTH + "," + HEIGHT,
                "--screenshot=" + shot,
                page.toUri().toString());
        BufferedImage image = ImageIO.read(shot.toFile());
        boolean dark = scheme == 0;

        int back = image.getRGB(2, 2) & 0xffffff;
        assertEquals(dark ? 0x16191d : 0xffffff, back, () -> Integer.toHexString(back));
        assertTrue(count(image, dark ? GOOD_DARK : GOOD_LIGHT) > 100 * HOPS, "the hops are drawn");
        assertTrue(count(image, dark ? 0xe6e8eb : 0x1b1f24) > 100, "the text has the color of this scheme");
    }

    private static int count(BufferedImage image, int color) {
        int count = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                count += (image.getRGB(x, y) & 0xffffff) == color ? 1 : 0;
            }
        }
        return count;
    }

    private java.nio.file.Path write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    /** Its output. No name resolves, so it cannot load anything from elsewhere. */
    private String chromium(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--host-resolver-rules=MAP * ~NOTFOUND",
                "--user-data-dir=" + directory.resolve("profile")));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command)
                .redirectError(directory.resolve("errors").toFile())
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(1, TimeUnit.MINUTES), "chromium does not end");
        assertEquals(0, process.exitValue(), () -> output + errors());
        return output;
    }

    private String errors() {
        try {
            return Files.readString(directory.resolve("errors"));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
