package io.github.natexd.cli.running;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.natexd.cli.form.Ipv4Network;
import io.github.natexd.wire.Ipv4Address;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which probes, or errors about probes, a command shows: those for which all given options hold. */
final class Filters {
    /** The protocols of probes. */
    enum ProbeProtocol {
        UDP,
        ICMP;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Option(
            names = "--guest",
            paramLabel = "ADDRESS",
            converter = Ipv4Network.AddressConverter.class,
            description = "only probes of this guest")
    private @Nullable Integer guest;

    @Option(
            names = "--target",
            paramLabel = "ADDRESS",
            converter = Ipv4Network.AddressConverter.class,
            description = "only probes to this address")
    private @Nullable Integer target;

    @Option(names = "--protocol", paramLabel = "udp|icmp", description = "only probes of this protocol")
    private @Nullable ProbeProtocol protocol;

    /** @param targetField the field that contains the target */
    boolean admit(JsonObject row, String targetField) {
        return isAddress(guest, row.get("guest"))
                && isAddress(target, row.get(targetField))
                && (protocol == null || isText(protocol.toString(), row.get("protocol")));
    }

    static boolean isAddress(@Nullable Integer wanted, @Nullable JsonElement field) {
        return wanted == null || isText(Ipv4Address.text(wanted), field);
    }

    private static boolean isText(String wanted, @Nullable JsonElement field) {
        return field != null && !field.isJsonNull() && field.getAsString().equals(wanted);
    }
}
