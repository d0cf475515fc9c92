package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.lab.Traceroute;
import io.github.natexd.linux.emulation.Namespace;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.clients.Client;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Large files through the NAT process, while natexd mends traceroutes beside them. */
class TcpTransferLabTest {
    private static final int OCTETS = 100_000_000;
    private static final int PORT = 80;
    /** Far more than they take: a machine may be busy. */
    private static final long LIMIT_SECONDS = 120;

    @Test
    void aHundredMegabytesPassUndamagedInBothDirectionsWhileTraceroutesStayComplete() throws Exception {
        String expected = digest(new Noise());
        try (Lab lab = Lab.up(LabOptions.defaults());
                LabNatexd natexd = LabNatexd.start(lab)) {
            HttpServer server = serve(lab);
            AtomicBoolean transferring = new AtomicBoolean(true);
            CompletableFuture<List<String>> traces = CompletableFuture.supplyAsync(
                    () -> traceWhile(lab, transferring), task -> new Thread(task, "traces").start());
            try {
                String downloaded = timed("download", () -> Namespace.call(guest(lab), this::download));
                String uploaded = timed("upload", () -> Namespace.call(guest(lab), this::upload));

                assertEquals(expected, downloaded);
                assertEquals(expected, uploaded);
            } finally {
                transferring.set(false);
                server.stop(0);
            }
            List<String> outputs = traces.get(LIMIT_SECONDS, TimeUnit.SECONDS);
            for (String output : outputs) {
                assertEquals(lab.hops(), Traceroute.hops(output), () -> output + natexd.log());
            }
            System.out.printf("traceroutes meanwhile: %d%n", outputs.size());
        }
    }

    private static List<String> traceWhile(Lab lab, AtomicBoolean transferring) {
        List<String> outputs = new ArrayList<>();
        while (transferring.get()) {
            outputs.add(Client.TRACEROUTE.run(lab, Node.GUEST1));
            outputs.add(Client.TRACEROUTE_ICMP.run(lab, Node.GUEST2));
        }
        return outputs;
    }

    private static String timed(String name, Callable<String> transfer) throws Exception {
        long begun = System.nanoTime();
        String digest = transfer.call();
        double seconds = (System.nanoTime() - begun) / 1e9;
        System.out.printf("%s through the NAT process: %.0f MB/s%n", name, OCTETS / seconds / 1e6);
        assertTrue(seconds < LIMIT_SECONDS, name + " took " + seconds + " s");
        return digest;
    }

    private static String guest(Lab lab) {
        return lab.namespace(Node.GUEST1);
    }

    private String download() throws IOException {
        return digest(connection().getInputStream());
    }

    private String upload() throws IOException {
        HttpURLConnection connection = connection();
        connection.setDoOutput(true);
        connection.setRequestMethod("PUT");
        connection.setFixedLengthStreamingMode(OCTETS);
        try (OutputStream body = connection.getOutputStream()) {
            new Noise().transferTo(body);
        }
        return new String(connection.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }

    private static HttpURLConnection connection() throws IOException {
        String url = "http://" + Topology.TARGET + ":" + PORT + "/";
        return (HttpURLConnection) URI.create(url).toURL().openConnection(Proxy.NO_PROXY);
    }

    /** A server at the target: GET is answered with noise, PUT with the digest of what came. */
    private static HttpServer serve(Lab lab) {
        return Namespace.call(lab.namespace(Node.TARGET), () -> {
            HttpServer server = HttpServer.create(new InetSocketAddress(PORT), 0);
            server.createContext("/", TcpTransferLabTest::answer);
            server.start();
            return server;
        });
    }

    private static void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (exchange.getRequestMethod().equals("PUT")) {
                byte[] digest = digest(exchange.getRequestBody()).getBytes(StandardCharsets.US_ASCII);
                exchange.sendResponseHeaders(HttpURLConnection.HTTP_OK, digest.length);
                exchange.getResponseBody().write(digest);
            } else {
                exchange.sendResponseHeaders(HttpURLConnection.HTTP_OK, OCTETS);
                new Noise().transferTo(exchange.getResponseBody());
            }
        }
    }

    private static String digest(InputStream octets) throws IOException {
        try (DigestInputStream digested = new DigestInputStream(octets, MessageDigest.getInstance("SHA-256"))) {
            digested.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digested.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** The same random octets each time: a block that is lost, repeated or moved changes the digest. */
    private static final class Noise extends InputStream {
        private final SplittableRandom random = new SplittableRandom(9293);
        private int left = OCTETS;

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] octets, int offset, int length) {
            if (left == 0) {
                return -1;
            }
            byte[] some = new byte[Math.min(length, left)];
            random.nextBytes(some);
            System.arraycopy(some, 0, octets, offset, some.length);
            left -= some.length;
            return some.length;
        }
    }
}
