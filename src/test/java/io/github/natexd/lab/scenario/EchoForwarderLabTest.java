package io.github.natexd.lab.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.lab.Shell;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The forwarder of tun-ping, with more pings than a demonstration has time for. */
class EchoForwarderLabTest {
    private static final Pattern TIMES = Pattern.compile("rtt min/avg/max/mdev = ([0-9.]+)/");

    private final Stage stage = Stage.open(new TunPing(), null);

    @BeforeEach
    void network() {
        TunPing.build(stage);
    }

    @AfterEach
    void close() {
        stage.close();
    }

    @Test
    void aThousandPingsAtAHundredASecondLoseNothingAndRepeatNothing() {
        EchoForwarder forwarder = new EchoForwarder(TunPing.route(stage), TunPing.UPLINK);
        stage.start(TunPing.HOST, "forwarder", forwarder);

        String output = Shell.result(
                        null,
                        Duration.ofSeconds(30),
                        List.of(
                                "ip",
                                "netns",
                                "exec",
                                stage.namespace(TunPing.HOST),
                                "ping",
                                "-n",
                                "-i0.01",
                                "-c1000",
                                "-W2",
                                TunPing.TARGET))
                .output();

        assertTrue(output.contains("1000 packets transmitted, 1000 received, 0% packet loss"), output);
        assertTrue(!output.contains("DUP!") && !output.contains("duplicates"), output);
        assertTrue(!output.contains("wrong data"), output);
        Matcher times = TIMES.matcher(output);
        assertTrue(times.find(), output);
        double fastestNanos = Double.parseDouble(times.group(1)) * 1_000_000;
        assertTrue(fastestNanos >= TunPing.DELAY_NANOS, output);
        assertEquals(1, forwarder.sockets());
        assertTrue(stage.await(2000, () -> forwarder.waiting() == 0), "entries are left");
    }

    @Test
    void moreClientsThanSocketsAreServedOnceOthersWaitNoLonger() {
        EchoForwarder forwarder = new EchoForwarder(TunPing.route(stage), TunPing.UPLINK);
        stage.start(TunPing.HOST, "forwarder", forwarder);
        for (int client = 0; client < EchoEntries.FLOWS_MAX; client++) {
            Pinger.ping(stage, TunPing.HOST, null, TunPing.NOBODY, 1, 0, 0);
        }
        assertTrue(stage.await(500, () -> forwarder.waiting() == EchoEntries.FLOWS_MAX));

        Pinger.Result refused = Pinger.ping(stage, TunPing.HOST, null, TunPing.TARGET, 1, 0, 100);
        assertTrue(stage.await(3000, () -> forwarder.waiting() == 0), "entries are left");
        Pinger.Result served = Pinger.ping(stage, TunPing.HOST, null, TunPing.TARGET, 1, 0, 2000);

        assertEquals(0, refused.received(), refused::toString);
        assertEquals(1, forwarder.dropped());
        assertTrue(served.complete(), served::toString);
        assertEquals(EchoEntries.FLOWS_MAX, forwarder.sockets());
    }
}
