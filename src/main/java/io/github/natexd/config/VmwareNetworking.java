package io.github.natexd.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * VMware's own configuration of its networks, /etc/vmware/networking: lines such as {@code answer VNET_8_NAT yes}. The
 * NAT network has number 8 by default, but can have another one, so it is looked up, never assumed.
 */
public final class VmwareNetworking {
    /** The path of the file. */
    public static final Path FILE = Path.of("/etc/vmware/networking");

    private static final Pattern ANSWER = Pattern.compile("\\s*answer\\s+VNET_(\\d{1,3})_(\\w+)\\s+(\\S+)\\s*");

    private VmwareNetworking() {}

    /**
     * The first of the {@link #natInterfaces}.
     *
     * @throws UncheckedIOException if the file exists but cannot be read
     */
    public static Optional<String> natInterface(Path etcVmwareNetworking) {
        return natInterfaces(etcVmwareNetworking).stream().findFirst();
    }

    /**
     * The interfaces of the networks that have both NAT and a virtual adapter on the host, the lowest number first;
     * empty if there is none, or no such file (VMware is not installed).
     *
     * @throws UncheckedIOException if the file exists but cannot be read
     */
    public static List<String> natInterfaces(Path etcVmwareNetworking) {
        try {
            // ISO 8859-1 decodes all octets, so a comment in another encoding cannot hide the network.
            return natInterfaces(Files.readAllLines(etcVmwareNetworking, StandardCharsets.ISO_8859_1));
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<String> natInterfaces(List<String> lines) {
        Map<Integer, Map<String, String>> networks = new TreeMap<>();
        for (String line : lines) {
            Matcher answer = ANSWER.matcher(line);
            if (answer.matches()) {
                networks.computeIfAbsent(Integer.valueOf(answer.group(1)), number -> new HashMap<>())
                        .put(answer.group(2), answer.group(3));
            }
        }
        return networks.entrySet().stream()
                .filter(network -> isYes(network.getValue(), "NAT") && isYes(network.getValue(), "VIRTUAL_ADAPTER"))
                .map(network -> "vmnet" + network.getKey())
                .toList();
    }

    private static boolean isYes(Map<String, String> answers, String question) {
        return "yes".equalsIgnoreCase(answers.get(question));
    }
}
