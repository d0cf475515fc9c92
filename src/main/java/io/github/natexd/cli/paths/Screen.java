package io.github.natexd.cli.paths;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStyle;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp.Capability;
import org.jline.utils.NonBlockingReader;

/** A terminal that shows lines and draws them again in place. */
final class Screen implements AutoCloseable {
    private static final String KEYS = "q: end   j, k: scroll   space: next page";
    private static final int ENDED = -1;

    private final Terminal terminal;
    private final Attributes before;
    private final Display display;
    private int scrolled;
    private volatile boolean ended;

    private Screen(Terminal terminal) {
        this.terminal = terminal;
        display = new Display(terminal, true);
        before = terminal.enterRawMode();
        terminal.handle(Terminal.Signal.INT, signal -> ended = true);
        terminal.puts(Capability.enter_ca_mode);
        terminal.puts(Capability.cursor_invisible);
        terminal.flush();
    }

    /** Input and output are a terminal. From Java 22 on, System.console() does not show this. */
    static boolean isPossible() {
        return isTerminal(Path.of("/proc/self/fd/0")) && isTerminal(Path.of("/proc/self/fd/1"));
    }

    private static boolean isTerminal(Path descriptor) {
        try {
            String target = Files.readSymbolicLink(descriptor).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException e) {
            return false;
        }
    }

    /** Takes the terminal over. Closing gives it back as it was. */
    static Screen open() throws IOException {
        return new Screen(
                TerminalBuilder.builder().system(true).provider("exec").build());
    }

    /** Shows the lines, again after each interval, until the user ends it or they end. */
    void show(Supplier<List<String>> lines, long intervalMillis, BooleanSupplier linesEnd) throws IOException {
        NonBlockingReader keys = terminal.reader();
        while (!ended && !linesEnd.getAsBoolean()) {
            draw(lines.get());
            int key = keys.read(intervalMillis);
            int page = Math.max(1, terminal.getHeight() - 2);
            switch (key) {
                case 'q', ENDED -> ended = true;
                case 'j' -> scrolled++;
                case 'k' -> scrolled = Math.max(0, scrolled - 1);
                case ' ' -> scrolled += page;
                default -> {}
            }
        }
    }

    private void draw(List<String> lines) {
        Size size = terminal.getSize();
        int columns = Math.max(1, size.getColumns());
        int rows = Math.max(2, size.getRows());
        display.resize(rows, columns);
        scrolled = Math.max(0, Math.min(scrolled, lines.size() - (rows - 1)));
        List<AttributedString> shown = new ArrayList<>();
        for (String line : lines.subList(scrolled, Math.min(lines.size(), scrolled + rows - 1))) {
            shown.add(new AttributedString(cut(line, columns)));
        }
        while (shown.size() < rows - 1) {
            shown.add(AttributedString.EMPTY);
        }
        shown.add(new AttributedString(cut(KEYS, columns), AttributedStyle.INVERSE));
        display.update(shown, -1);
        terminal.flush();
    }

    private static String cut(String line, int columns) {
        return line.length() <= columns ? line : line.substring(0, columns);
    }

    @Override
    public void close() throws IOException {
        terminal.puts(Capability.cursor_visible);
        terminal.puts(Capability.exit_ca_mode);
        terminal.setAttributes(before);
        terminal.close();
    }
}
