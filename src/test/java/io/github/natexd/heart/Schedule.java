package io.github.natexd.heart;

import static io.github.natexd.testkit.Packets.GATEWAY_MAC;
import static io.github.natexd.testkit.Packets.GUEST;
import static io.github.natexd.testkit.Packets.GUEST_MAC;
import static io.github.natexd.testkit.Packets.HOST;
import static io.github.natexd.testkit.Packets.OTHER_GUEST;
import static io.github.natexd.testkit.Packets.OTHER_GUEST_MAC;
import static io.github.natexd.testkit.Packets.TARGET;

import io.github.natexd.wire.Ipv4Address;
import io.github.natexd.wire.MacAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The events around natexd for some seconds: two guests, one of which may forward for the other, a hostile guest, the
 * host, and a NAT process whose behaviour may change. There are few ports, IDs, destinations and contents, so that many
 * collide.
 *
 * @param startedAgo nanoseconds from natexd's start to the beginning of the schedule
 */
record Schedule(long lifetime, long startedAgo, boolean byVerdict, List<Step> steps) {
    private static final long MILLI = 1_000_000;
    private static final int HOSTILE = Ipv4Address.parse("192.168.44.102");
    private static final long HOSTILE_MAC = MacAddress.parse("00:0c:29:aa:bb:03");
    private static final int MOST_ALIKE = 15;
    private static final int[] TARGETS = {TARGET, TARGET + 1};
    private static final int[] PORTS = {40000, 40001, 61000};
    private static final int[] TARGET_PORTS = {33434, 33435};
    private static final int[] IDS = {0, 5, 7, 9};
    private static final int[] UIDS = {0, 0, 1000, -1};
    private static final int[] USUAL_MILLIS = {0, 0, 0, 1, 1, 2, 3, 4, 5, 6};
    private static final int[] EDGE_MILLIS = {7, 9, 10, 11, 19, 20, 21, 100, 300, 480, 499, 500, 501, 600, 1000};
    private static final int LENGTH = 40;
    private static final int OTHER_LENGTH = 41;

    static Schedule of(long seed) {
        return new Maker(new SplittableRandom(seed)).make();
    }

    Schedule with(List<Step> others) {
        return new Schedule(lifetime, startedAgo, byVerdict, others);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append("lifetime ").append(lifetime / MILLI).append(" ms, started ");
        text.append(startedAgo / MILLI).append(" ms ago").append(byVerdict ? ", by verdict" : "");
        for (Step step : steps) {
            text.append("\n  ").append(step);
        }
        return text.toString();
    }

    /** A probe on its way through the NAT process. */
    private record Coming(Sent probe, long mac) {}

    private static final class Maker {
        private final SplittableRandom random;
        private final List<Step> steps = new ArrayList<>();
        private final List<Sent> sent = new ArrayList<>();
        private final List<Sent> gone = new ArrayList<>();
        private final List<Sent> waiting = new ArrayList<>();
        private int pending;
        private boolean portsKept;
        private boolean idsKept;
        private boolean ttlKept;
        private boolean seen;
        private boolean unfinished;
        private int portShift;
        private int natUser;
        private final int calm;
        private final int udpOnly;

        Maker(SplittableRandom random) {
            this.random = random;
            calm = random.nextInt(4);
            udpOnly = random.nextInt(3);
            change();
        }

        Schedule make() {
            // No sighting has exactly this age.
            long lifetime = (chance(6) ? 2_000 : 30_000) * MILLI - MILLI / 2;
            long startedAgo = (chance(5) ? 400 : 5_000) * MILLI;
            boolean byVerdict = chance(20);
            int length = 4 + random.nextInt(24);
            while (steps.size() < length) {
                act();
                pause();
            }
            steps.add(new Step.Turn());
            return new Schedule(lifetime, startedAgo, byVerdict, steps);
        }

        private boolean chance(int oneIn) {
            return random.nextInt(oneIn) == 0;
        }

        private int any(int[] of) {
            return of[random.nextInt(of.length)];
        }

        private Sent any(List<Sent> of) {
            // Mostly one of the last few.
            int from = chance(3) ? 0 : Math.max(0, of.size() - 3);
            return of.get(from + random.nextInt(of.size() - from));
        }

        private void change() {
            portsKept = !chance(2);
            idsKept = !chance(3);
            ttlKept = !chance(3);
            seen = !chance(4);
            unfinished = chance(5);
            portShift = random.nextInt(3);
            natUser = chance(8) ? 1000 : 0;
        }

        private void pause() {
            if (chance(3)) {
                return;
            }
            long millis = chance(4) ? any(EDGE_MILLIS) : any(USUAL_MILLIS);
            if (millis > 0) {
                steps.add(new Step.Pass(millis * MILLI));
            }
            if (!chance(4) || pending > 20) {
                steps.add(new Step.Turn());
                pending = 0;
            }
        }

        private void act() {
            int what = random.nextInt(100);
            if (what < 30 || sent.isEmpty()) {
                guestProbes();
            } else if (what < 38) {
                again();
            } else if (what < 46) {
                release();
            } else if (what < 58) {
                hostProbes();
            } else if (what < 86) {
                error();
            } else if (what < 90) {
                forwardedThroughOther();
            } else if (what < 95) {
                spray();
            } else if (what < 97) {
                change();
            } else if (what < 99) {
                steps.add(chance(2) ? new Step.Lost() : new Step.RulesChange());
            } else {
                flood();
            }
        }

        private Sent probe(int source) {
            boolean udp = udpOnly == 0 || udpOnly == 1 && chance(2);
            int length = chance(12) ? OTHER_LENGTH : LENGTH;
            boolean fragment = chance(udp ? 40 : 8);
            Sent plain = new Sent(
                    udp ? Sent.UDP : Sent.ECHO,
                    source,
                    any(TARGETS),
                    PORTS[random.nextInt(2)],
                    TARGET_PORTS[chance(4) ? 1 : 0],
                    any(IDS),
                    1 + random.nextInt(calm == 0 ? 1 : 3),
                    0,
                    // A fragment has an even number of octets, like all but the last one.
                    fragment ? LENGTH : length,
                    fragment);
            return withSomeContent(plain);
        }

        private Sent withSomeContent(Sent plain) {
            return switch (random.nextInt(12)) {
                case 0 -> plain.withChecksum(0);
                case 1 -> plain.unfinished();
                case 2 -> plain.finished(plain.dataForZero());
                case 3, 4, 5 -> plain.finished(0x1234);
                default -> plain.finished(0x4321);
            };
        }

        private void guestProbes() {
            boolean other = chance(2);
            guestSends(probe(other ? OTHER_GUEST : GUEST), other ? OTHER_GUEST_MAC : GUEST_MAC);
        }

        /** A constant flow: one more probe, or many. */
        private void again() {
            Sent probe = any(sent);
            long mac = probe.source() == GUEST ? GUEST_MAC : OTHER_GUEST_MAC;
            int times = 1 + random.nextInt(3);
            for (int i = 0; i < times; i++) {
                guestSends(chance(4) ? probe.withTtl(1 + random.nextInt(3)) : probe, mac);
            }
        }

        private void guestSends(Sent probe, long mac) {
            Coming coming = new Coming(probe, mac);
            switch (random.nextInt(8)) {
                case 0 -> {
                    natSends(probe);
                    pause();
                    frame(coming);
                }
                case 1 -> {
                    frame(coming);
                    waiting.add(probe);
                }
                case 2 -> frame(coming);
                default -> {
                    frame(coming);
                    if (chance(2)) {
                        pause();
                    }
                    natSends(probe);
                }
            }
        }

        private void frame(Coming coming) {
            frame(coming.probe, coming.mac, GATEWAY_MAC);
        }

        private void frame(Sent probe, long mac, long gateway) {
            if (alike(sent, probe) < MOST_ALIKE) {
                sent.add(probe);
                pending++;
                steps.add(new Step.Guest(probe, mac, gateway));
            }
        }

        private static int alike(List<Sent> all, Sent probe) {
            int count = 0;
            for (Sent each : all) {
                count += each.sameClass(probe) ? 1 : 0;
            }
            return count;
        }

        private void release() {
            if (!waiting.isEmpty()) {
                natSends(waiting.remove(random.nextInt(waiting.size())));
            }
        }

        private void natSends(Sent probe) {
            int port = portsKept || chance(12) ? probe.sourcePort() : PORTS[random.nextInt(1 + portShift)];
            Sent left = probe.from(HOST, port);
            left = left.withId(idsKept ? probe.id() : any(IDS));
            left = ttlKept ? left : left.withTtl(Math.max(1, left.ttl() - 1));
            if (unfinished && left.protocol() == Sent.UDP && left.checksum() != 0) {
                leaves(left, left.unfinished(), natUser);
            } else {
                leaves(left, left, natUser);
            }
        }

        private void leaves(Sent asSent, Sent asSeen, int uid) {
            if (alike(gone, asSent) >= MOST_ALIKE) {
                return;
            }
            gone.add(asSent);
            if (seen || uid != natUser) {
                pending++;
                steps.add(new Step.Leaves(asSeen, chance(6) ? -1 : uid));
            }
        }

        private void hostProbes() {
            Sent probe = probe(HOST);
            if (!chance(3)) {
                Sent model = any(gone.isEmpty() || chance(2) ? sent : gone);
                probe = model.from(HOST, chance(2) ? model.sourcePort() : any(PORTS));
                probe = chance(2) ? probe : probe.withId(any(IDS));
                probe = chance(4) ? probe.withTtl(1 + random.nextInt(3)) : probe;
                probe = chance(4) ? withSomeContent(probe) : probe;
            }
            if (alike(gone, probe) < MOST_ALIKE) {
                gone.add(probe);
                pending++;
                steps.add(new Step.Leaves(probe, any(UIDS)));
            }
        }

        private void error() {
            Sent quoted;
            if (gone.isEmpty() || chance(10)) {
                Sent probe = any(sent);
                quoted = probe.from(HOST, probe.sourcePort());
            } else {
                quoted = any(gone);
            }
            steps.add(new Step.Errors(altered(quoted), chance(2) ? Sent.HEADS : LENGTH, 1));
        }

        private Sent altered(Sent quoted) {
            return switch (random.nextInt(16)) {
                case 0 -> quoted.withId(any(IDS));
                case 1 -> quoted.withChecksum(quoted.checksum() ^ 0x0101);
                case 2 -> quoted.withTtl(random.nextInt(5));
                case 3 -> quoted.withSourcePort(any(PORTS));
                case 4 -> quoted.withLength(OTHER_LENGTH);
                case 5 -> quoted.withId(quoted.id() ^ 1).withChecksum(0);
                case 6 -> withSomeContent(quoted);
                case 7, 8 -> quoted;
                default -> quoted.withTtl(chance(2) ? 0 : 1);
            };
        }

        private void forwardedThroughOther() {
            Sent probe = probe(GUEST).withTtl(2 + random.nextInt(2));
            frame(probe, GUEST_MAC, OTHER_GUEST_MAC);
            if (chance(2)) {
                pause();
            }
            Sent passed = probe.withTtl(probe.ttl() - 1);
            if (chance(2)) {
                passed = passed.from(OTHER_GUEST, chance(2) ? passed.sourcePort() : any(PORTS));
            }
            guestSends(passed, OTHER_GUEST_MAC);
        }

        /** The hostile guest guesses what others send, sometimes with their addresses. */
        private void spray() {
            int count = 1 + random.nextInt(3);
            for (int i = 0; i < count; i++) {
                Sent probe = probe(HOSTILE);
                if (!chance(3)) {
                    Sent model = any(gone.isEmpty() || chance(2) ? sent : gone);
                    int source = chance(4) ? GUEST : HOSTILE;
                    probe = model.from(source, chance(2) ? model.sourcePort() : any(PORTS));
                }
                probe = chance(2) ? probe.withChecksum(0) : probe;
                probe = chance(3) ? probe.withId(0) : probe;
                frame(probe, HOSTILE_MAC, GATEWAY_MAC);
            }
        }

        private void flood() {
            if (pending == 0 && !gone.isEmpty() && chance(4)) {
                steps.add(new Step.Errors(any(gone), Sent.HEADS, 60 + random.nextInt(8)));
                steps.add(new Step.Turn());
            }
        }
    }
}
