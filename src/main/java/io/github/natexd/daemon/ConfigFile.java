package io.github.natexd.daemon;

import io.github.natexd.config.Config;
import io.github.natexd.config.ConfigException;
import io.github.natexd.config.ConfigReader;
import io.github.natexd.config.EffectiveConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where natexd's configuration is: read at the start and by each reload.
 *
 * @param named the file that the command line names; empty: {@link Config#DEFAULT_FILE}, which need not exist
 */
record ConfigFile(Optional<Path> named) {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigFile.class);

    EffectiveConfig read() throws ConfigException {
        Path file = named.orElse(Path.of(Config.DEFAULT_FILE));
        if (named.isEmpty() && Files.notExists(file)) {
            LOG.info("no {}: every setting has its default", file);
            return EffectiveConfig.defaults();
        }
        return ConfigReader.readEffective(file);
    }
}
