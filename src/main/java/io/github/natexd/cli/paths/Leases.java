package io.github.natexd.cli.paths;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The names that guests gave VMware's DHCP server, from its lease file. The last lease of an address counts. */
final class Leases {
    private static final Pattern LEASE = Pattern.compile("\\blease\\s+([0-9.]{7,15})\\s*\\{([^}]*)}");
    private static final Pattern NAME = Pattern.compile("\\bclient-hostname\\s+\"([^\"\\p{Cntrl}]{1,255})\"");

    /** A lease file of a network with all its guests is far smaller. */
    private static final long OCTETS_LIMIT = 4 << 20;

    private final Map<String, String> names = new HashMap<>();

    private Leases() {}

    /** The file of VMware's network behind this interface, such as vmnet8. */
    static Path file(String interfaceName) {
        return Path.of("/etc/vmware", interfaceName, "dhcpd", "dhcpd.leases");
    }

    /** Without names if there is no such file, or if this user may not read it. */
    static Leases read(Path file) {
        try {
            if (Files.isRegularFile(file) && Files.size(file) <= OCTETS_LIMIT) {
                return of(Files.readString(file, StandardCharsets.ISO_8859_1));
            }
        } catch (IOException e) {
            // Names are an extra.
        }
        return new Leases();
    }

    static Leases of(String text) {
        Leases leases = new Leases();
        leases.parse(text);
        return leases;
    }

    private void parse(String text) {
        Matcher lease = LEASE.matcher(text);
        while (lease.find()) {
            Matcher name = NAME.matcher(lease.group(2));
            if (name.find()) {
                names.put(lease.group(1), name.group(1));
            } else {
                names.remove(lease.group(1));
            }
        }
    }

    Optional<String> name(String address) {
        return Optional.ofNullable(names.get(address));
    }
}
