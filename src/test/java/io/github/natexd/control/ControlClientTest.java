package io.github.natexd.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A natexd whose responses are not natexd's. */
class ControlClientTest {
    @Test
    void aResponseCannotControlTheTerminal(@TempDir Path directory) throws Exception {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("control.sock"));
        try (ServerSocketChannel server =
                ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address)) {
            try (ControlClient client = ControlClient.send(address.getPath(), "status", 1_000);
                    SocketChannel connection = server.accept()) {
                connection.write(ByteBuffer.wrap("{\"raw\":\"\u001b[2J\"}\n".getBytes()));

                assertEquals("{\"raw\":\"?[2J\"}", client.line());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "\\u001b[2J,?[2J",
        "\\u001B,?",
        "\\u0007\\u009b\\u007f,???",
        "\\b\\f\\r,???",
        "\\\\u001b,\\\\u001b",
        "\\\\\\u001b,\\\\?",
        "\\n\\t\\u000a\\u0009,\\n\\t\\u000a\\u0009",
        "\\u00e9é,\\u00e9é"
    })
    void anEscapeForAControlCharacterIsReplaced(String written, String expected) throws Exception {
        String line = "\"" + written + "\"";

        assertEquals("\"" + expected + "\"", ControlClient.harmless(line));
        new ObjectMapper().readTree(ControlClient.harmless(line));
    }
}
