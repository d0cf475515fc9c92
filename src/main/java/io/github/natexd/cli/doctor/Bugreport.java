package io.github.natexd.cli.doctor;

import io.github.natexd.cli.form.Java;
import io.github.natexd.cli.form.Version;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine.Help.Ansi;

/** What a bug report needs, as named texts. They contain no secrets, except addresses that the user may want to mask. */
final class Bugreport {
    private static final String LOG_LINES = "500";

    /** One file of the report. */
    record Part(String name, String about, String text) {}

    private final List<Part> parts = new ArrayList<>();

    private Bugreport() {}

    /**
     * Gathers all parts.
     *
     * @param configuration the current configuration, as TOML
     * @param status natexd's status as JSON, or why there is none
     */
    static List<Part> gather(List<DoctorFinding> findings, String configuration, String status) {
        Bugreport report = new Bugreport();
        report.add("versions.txt", "natexd, Java, kernel, system, tools", versions());
        report.add("doctor.txt", "natexctl doctor", text(out -> DoctorOutput.text(out, findings, Ansi.OFF)));
        report.add("doctor.json", "the same as JSON", text(out -> DoctorOutput.json(out, findings)));
        report.add("status.json", "natexctl status --json", status);
        report.add("natexd.toml", "the current configuration", configuration);
        report.add("rules.txt", "natexd's own packet filter rules and their counters", rules());
        report.add("network.txt", "interfaces, addresses, routes", network());
        report.add("log.txt", "the last " + LOG_LINES + " lines of the service's log", log());
        return report.parts;
    }

    private void add(String name, String about, String text) {
        parts.add(new Part(name, about, text.endsWith("\n") ? text : text + "\n"));
    }

    private static String text(Consumer<PrintWriter> printer) {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        printer.accept(out);
        out.flush();
        return text.toString();
    }

    private static String versions() {
        return String.join(
                "\n",
                new Version().getVersion()[0],
                "Java " + Runtime.version() + ", " + System.getProperty("java.vm.name"),
                output("uname", "-srm"),
                file(Path.of("/etc/os-release")),
                output("nft", "--version"),
                output("iptables", "--version"),
                output("sh", "-c", "ldconfig -p | grep netfilter_queue"),
                output("systemctl", "--version"));
    }

    private static String rules() {
        return String.join(
                "\n\n",
                output(Java.tree().resolve("libexec/natexd-rules").toString(), "status"),
                output("nft", "list", "table", "ip", "natexd"),
                output("nft", "list", "chain", "ip", "mangle", "NATEXD_QUEUE"));
    }

    private static String network() {
        return String.join(
                "\n\n",
                output("ip", "-s", "-d", "link"),
                output("ip", "address"),
                output("ip", "route", "show", "table", "all"),
                file(Path.of("/etc/vmware/networking")));
    }

    private static String log() {
        return output(
                "journalctl",
                "-u",
                "natexd",
                "-u",
                "natexd-jsvc",
                "-n",
                LOG_LINES,
                "-o",
                "short-iso",
                "--no-hostname",
                "--no-pager");
    }

    /** The command line, its output, and its exit code if the command failed. */
    private static String output(String... command) {
        String line = "$ " + String.join(" ", command) + "\n";
        try {
            Program.Result result = Program.run(List.of(command));
            return line + result.text() + (result.exitCode() == 0 ? "" : "\n(exit code " + result.exitCode() + ")");
        } catch (IOException e) {
            return line + "(" + e.getMessage() + ")";
        }
    }

    private static String file(Path path) {
        try {
            return "$ cat " + path + "\n" + Files.readString(path).strip();
        } catch (NoSuchFileException e) {
            return "$ cat " + path + "\n(there is none)";
        } catch (IOException e) {
            return "$ cat " + path + "\n(" + e.getMessage() + ")";
        }
    }
}
