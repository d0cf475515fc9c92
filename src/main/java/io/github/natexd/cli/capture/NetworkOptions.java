package io.github.natexd.cli.capture;

import io.github.natexd.config.Config;
import io.github.natexd.config.ConfigException;
import io.github.natexd.config.ConfigReader;
import io.github.natexd.config.VmwareNetworking;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which interface a capture is of. */
public final class NetworkOptions {
    /** What to say where {@link #network} is empty. */
    public static final String UNKNOWN = "there is no NAT network in " + VmwareNetworking.FILE
            + "; name the guest network's interface with --interface";

    @Option(
            names = "--interface",
            paramLabel = "NAME",
            description = "the guest network's interface (default: guest-network.interface of the configuration, or"
                    + " the NAT network in /etc/vmware/networking)")
    private @Nullable String interfaceName;

    @Option(
            names = "--config",
            paramLabel = "CONFIG",
            description = "natexd's configuration (default: " + Config.DEFAULT_FILE + ", if it exists)")
    private @Nullable Path configFile;

    /** The configuration that is meant. */
    public Config config() throws ConfigException {
        if (configFile != null) {
            return ConfigReader.read(configFile);
        }
        Path usual = Path.of(Config.DEFAULT_FILE);
        return Files.exists(usual) ? ConfigReader.read(usual) : Config.defaults();
    }

    /** The interface of the guest network, if it is known. */
    public Optional<String> network(Config config) {
        return Optional.ofNullable(interfaceName)
                .or(config.guestNetwork()::interfaceName)
                .or(() -> VmwareNetworking.natInterface(VmwareNetworking.FILE));
    }
}
