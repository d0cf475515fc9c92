package io.github.natexd.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.report.Reason;
import io.github.natexd.testkit.Log;
import io.github.natexd.translate.Judgement;
import io.github.natexd.wire.IcmpError;
import io.github.natexd.wire.Ipv4Address;
import io.github.natexd.wire.Protocol;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link Yielding} against a model of how-it-works.md, "Yielding to the NAT process", on random errors and frames. */
class YieldingModelTest {
    private static final long SECOND = 1_000_000_000;
    private static final int LIMIT = 32;
    private static final long NAT = 0x005056f00001L;
    private static final int STEPS = 100_000;

    /** What an error and its frame have in common. */
    record Same(int type, int code, int protocol, int guest, int reporter, int port, long mac, long gatewayMac) {
        List<Integer> errorClass() {
            return List.of(type, type == IcmpError.TYPE_DESTINATION_UNREACHABLE ? code : 0, protocol);
        }
    }

    record Remembered(Same same, boolean moved, long nanos) {}

    record Judged(List<Integer> errorClass, boolean moved) {}

    /** What the page says about one guest. */
    private static final class Page {
        final Map<Judged, Integer> misses = new HashMap<>();
        final List<Remembered> relayed = new ArrayList<>();
        final List<Remembered> left = new ArrayList<>();
        final List<Remembered> frames = new ArrayList<>();

        void delivers(Remembered error) {
            misses.put(new Judged(error.same.errorClass(), false), 0);
            if (error.moved) {
                misses.put(new Judged(error.same.errorClass(), true), 0);
            }
        }

        static Remembered take(List<Remembered> list, Same same) {
            for (Remembered each : list) {
                if (each.same.equals(same)) {
                    list.remove(each);
                    return each;
                }
            }
            return null;
        }

        static void addNewest(List<Remembered> list, Remembered added) {
            if (list.size() == LIMIT) {
                list.remove(0);
            }
            list.add(added);
        }
    }

    private final Yielding yielding = new Yielding();
    private final Map<Integer, Page> pages = new HashMap<>();
    private long now = 5 * SECOND;
    private int leftToNat;
    private int relays;
    private int resumed;
    private int noRoom;
    private int forwards;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    @DisplayName("R36, R53: which errors natexd leaves to the NAT process is as the page says")
    void isAsThePageSays(long seed) {
        Random random = new Random(seed);
        try (Log log = new Log()) {
            for (int step = 0; step < STEPS; step++) {
                step(random, step / 500 % 2 == 1, "seed " + seed + ", step " + step);
            }
        }
        assertTrue(leftToNat > STEPS / 10, "only " + leftToNat + " errors were left to the NAT process");
        assertTrue(relays > STEPS / 10, "natexd relayed only " + relays + " errors");
        assertTrue(resumed > STEPS / 100, "natexd resumed only " + resumed + " times");
        assertTrue(noRoom > STEPS / 1_000, "there was no room only " + noRoom + " times");
        assertTrue(forwards > STEPS / 100, "only " + forwards + " frames were forwarded ones");
    }

    private void step(Random random, boolean flood, String where) {
        if (random.nextInt(20_000) == 0) {
            yielding.reset();
            pages.clear();
        }
        if (random.nextInt(flood ? 40 : 4) == 0) {
            now += random.nextLong(random.nextInt(3) == 0 ? SECOND / 2 : SECOND / 50);
            pages.values().forEach(this::pass);
        }
        if (random.nextInt(10) < (flood ? 9 : 6)) {
            errorComes(anyError(random), random.nextBoolean(), random.nextInt(8) == 0, where);
        } else {
            frameComes(anyError(random));
        }
    }

    private void pass(Page page) {
        for (Remembered missed : page.left) {
            Judged judged = new Judged(missed.same.errorClass(), missed.moved);
            if (isOld(missed) && page.misses.containsKey(judged) && page.misses.merge(judged, 1, Integer::sum) == 3) {
                page.misses.remove(judged);
                resumed++;
            }
        }
        for (List<Remembered> each : List.of(page.relayed, page.left, page.frames)) {
            each.removeIf(this::isOld);
        }
    }

    private boolean isOld(Remembered remembered) {
        return now - remembered.nanos > SECOND;
    }

    private void errorComes(Same same, boolean moved, boolean rateLimited, String where) {
        Page page = page(same);
        Remembered error = new Remembered(same, moved, now);
        boolean leaves = true;
        if (Page.take(page.frames, same) != null) {
            page.delivers(error);
        } else if (page.misses.containsKey(new Judged(same.errorClass(), moved))) {
            if (page.left.size() < LIMIT) {
                page.left.add(error);
            } else {
                noRoom++;
            }
        } else {
            leaves = false;
        }

        Judgement judgement = judgement(same, moved);
        assertEquals(leaves, yielding.leavesToNat(judgement, now), where);
        if (leaves) {
            leftToNat++;
        } else if (!rateLimited) {
            relays++;
            yielding.relays(judgement, now);
            Page.addNewest(page.relayed, error);
        }
    }

    private void frameComes(Same same) {
        yielding.seen(judgement(same, false), now);
        boolean forwarded = pages.values().stream()
                .flatMap(each -> each.relayed.stream())
                .anyMatch(each -> each.same.mac == same.gatewayMac);
        if (forwarded) {
            forwards++;
            return;
        }
        Page page = page(same);
        Remembered left = Page.take(page.left, same);
        Remembered error = left != null ? left : Page.take(page.relayed, same);
        if (error != null) {
            page.delivers(error);
        } else {
            Page.addNewest(page.frames, new Remembered(same, false, now));
        }
    }

    private Page page(Same same) {
        return pages.computeIfAbsent(same.guest, guest -> new Page());
    }

    /** One of few, so that many match; sometimes one of many, so that memory gets full. */
    private static Same anyError(Random random) {
        int[][] kinds = {{11, 0}, {3, 1}, {3, 3}, {3, 4}, {12, 0}};
        int[] kind = kinds[random.nextInt(random.nextInt(kinds.length) + 1)];
        int guest = random.nextInt(3);
        return new Same(
                kind[0],
                kind[1],
                random.nextInt(4) == 0 ? Protocol.ICMP : Protocol.UDP,
                Ipv4Address.parse("192.168.44.100") + guest,
                Ipv4Address.parse("198.51.100.1") + (random.nextInt(8) == 0 ? 1 : 0),
                random.nextInt(random.nextInt(8) == 0 ? 40 : 2),
                macOf(random.nextInt(8) == 0 ? random.nextInt(3) : guest),
                random.nextInt(8) == 0 ? macOf(random.nextInt(3)) : NAT);
    }

    private static long macOf(int guest) {
        return 0x000c29000000L + guest;
    }

    private static Judgement judgement(Same same, boolean moved) {
        Judgement judgement = new Judgement();
        judgement.reason = moved ? Reason.RELAYED : Reason.COPIED_LIKELY;
        judgement.type = same.type;
        judgement.code = same.code;
        judgement.quoted.protocol = same.protocol;
        judgement.quoted.destinationPort = 33434;
        judgement.guest = same.guest;
        judgement.guestPort = same.port;
        judgement.guestMac = same.mac;
        judgement.gatewayMac = same.gatewayMac;
        judgement.reporter = same.reporter;
        return judgement;
    }
}
