package io.github.natexd.keepalive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.config.Config;
import io.github.natexd.keepalive.BpfInterpreter.Option;
import io.github.natexd.keepalive.BpfInterpreter.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the program does on each of its paths; KeepaliveLabTest has the kernel run it. */
class KeepaliveProgramTest {
    /** In struct bpf_sock_addr. */
    private static final int TYPE = 32;

    private static final int PROTOCOL = 36;
    private static final int PROGRAMS = 2_000;
    private static final int PROCESS_ID_MOST = 1 << 22;

    @Test
    void everyPathOfEveryProgramLetsTheConnectionBe() {
        Random random = new Random(15);
        for (int i = 0; i < PROGRAMS; i++) {
            int processId = 1 + random.nextInt(PROCESS_ID_MOST);
            Config.Keepalive settings = any(random);

            List<Path> paths = paths(KeepaliveProgram.forProcess(processId, settings));

            assertEquals(4, paths.size(), settings::toString);
            for (Path path : paths) {
                assertEquals(1, path.result(), () -> settings + ": " + path);
                boolean isMeant = path.conditions()
                        .equals(List.of(
                                "context+32 != 1: false",
                                "context+36 != 6: false",
                                "pid_tgid >> 32 != " + processId + ": false"));
                assertEquals(isMeant ? options(settings) : List.of(), path.options(), path::toString);
            }
            assertEquals(
                    1, paths.stream().filter(path -> !path.options().isEmpty()).count());
        }
    }

    @Test
    void itIsShort() {
        assertTrue(KeepaliveProgram.forProcess(1, new Config.Keepalive(true, 1, 1, 1, OptionalInt.of(1))).length < 64);
    }

    /** The interpreter finds what it is there for. */
    @Test
    void aProgramThatRefusesConnectionsOrLeavesItsStackIsFound() {
        long[] refuses = program();
        refuses[refuses.length - 2] = 0xb7; // r0 = 0
        assertTrue(paths(refuses).stream().allMatch(path -> path.result() == 0));

        long[] endsWithWhatItWasLeft = program();
        endsWithWhatItWasLeft[endsWithWhatItWasLeft.length - 2] = 0xbf | 6 << 12; // r0 = r6, the context
        assertThrows(AssertionError.class, () -> paths(endsWithWhatItWasLeft));

        long[] writesAboveItsStack = program();
        for (int i = 0; i < writesAboveItsStack.length; i++) {
            if ((writesAboveItsStack[i] & 0xff) == 0x62) {
                writesAboveItsStack[i] = writesAboveItsStack[i] & ~0xffff_0000L; // r10 + 0
            }
        }
        assertThrows(AssertionError.class, () -> paths(writesAboveItsStack));

        long[] callsAnother = program();
        for (int i = 0; i < callsAnother.length; i++) {
            if ((callsAnother[i] & 0xff) == 0x85) {
                callsAnother[i] = 0x85 | 16L << 32; // bpf_get_current_comm, which needs CAP_PERFMON
            }
        }
        assertThrows(AssertionError.class, () -> paths(callsAnother));
    }

    private static long[] program() {
        return KeepaliveProgram.forProcess(4711, Config.defaults().keepalive());
    }

    private static List<Path> paths(long[] program) {
        return BpfInterpreter.paths(program, Set.of(TYPE, PROTOCOL));
    }

    private static Config.Keepalive any(Random random) {
        return new Config.Keepalive(
                true,
                1 + random.nextInt(32_767),
                1 + random.nextInt(32_767),
                1 + random.nextInt(127),
                random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(1 + random.nextInt(32_767)));
    }

    /** Numbers of linux/tcp.h and asm-generic/socket.h. */
    private static List<Option> options(Config.Keepalive settings) {
        List<Option> options = new ArrayList<>();
        options.add(new Option(6, 4, settings.idleSeconds()));
        options.add(new Option(6, 5, settings.intervalSeconds()));
        options.add(new Option(6, 6, settings.count()));
        settings.userTimeoutSeconds().ifPresent(seconds -> options.add(new Option(6, 18, seconds * 1_000)));
        options.add(new Option(1, 9, 1));
        return options;
    }
}
