package io.github.natexd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the completion scripts in their shells; a lab test, because all three shells are installed only there. */
class CompletionLabTest {
    @TempDir
    private Path directory;

    @Test
    void bashCompletesCommandsAndOptions() throws Exception {
        Path script = script("bash", "natexctl.bash");
        String complete = """
                source %s
                compopt() { :; } # of use only while a key is handled
                COMP_WORDS=(natexctl repl); COMP_CWORD=1; _complete_natexctl; echo "${COMPREPLY[@]}"
                COMP_WORDS=(natexctl replay --guest-); COMP_CWORD=2; _complete_natexctl; echo "${COMPREPLY[@]}"
                """.formatted(script);

        assertEquals(List.of("replay", "--guest-network"), run("bash", "-c", complete));
    }

    @Test
    void fishCompletesCommandsOptionsAndTheirValues() throws Exception {
        Path script = script("fish", "natexctl.fish");
        String complete = """
                source %s
                complete -C 'natexctl repl'
                complete -C 'natexctl replay --guest-'
                complete -C 'natexctl lab up --receive p'
                """.formatted(script);

        List<String> words = run("fish", "--no-config", "-c", complete).stream()
                .map(line -> line.split("\t")[0])
                .toList();

        assertEquals(List.of("replay", "--guest-network", "packet"), words);
    }

    /**
     * zsh completes only at a prompt, so it gets a terminal, and the script is in a directory that compinit searches.
     * The driver ends when it has read the completed words.
     */
    @Test
    void zshCompletesCommandsAndOptions() throws Exception {
        script("zsh", "_natexctl");
        Path driver = Files.writeString(directory.resolve("driver"), """
                zmodload zsh/zpty
                zpty shell zsh -f -i
                zpty -w shell "PS1= TERM=dumb; fpath=(%1$s \\$fpath); autoload -U compinit; compinit -u -d %1$s/dump"
                zpty -w shell "zstyle ':completion:*' insert-tab false; echo ready-''now"
                zpty -r -m shell answer '*ready-now*'
                zpty -w -n shell $'natexctl repl\\t'
                zpty -r -m shell answer '*replay *'
                zpty -w -n shell $'\\x15natexctl replay --guest-\\t'
                zpty -r -m shell answer '*network *'
                print -r -- "$answer"
                zpty -d shell
                """.formatted(directory));

        String screen = String.join("\n", run("timeout", "20", "zsh", "-f", driver.toString()));

        assertTrue(!screen.contains("not found") && !screen.contains("parse error"), screen);
    }

    private Path script(String shell, String name) throws Exception {
        StringWriter out = new StringWriter();
        int code = Natexctl.commandLine().setOut(new PrintWriter(out)).execute("completion", shell);
        assertEquals(0, code);
        return Files.writeString(directory.resolve(name), out.toString());
    }

    private static List<String> run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(20, TimeUnit.SECONDS), output);
        assertEquals(0, process.exitValue(), output);
        return output.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    }
}
