package io.github.natexd.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.testkit.Packets;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * R35: repair by difference agrees with a full recomputation, for seeded random cases and the edge cases of two zeros.
 */
class ChecksumTest {
    private static final long SEED = 5508;
    private static final int CASES = 1_000_000;
    private static final int LONGEST = 96;
    private static final int[] EDGES = {0x0000, 0x0001, 0x00FF, 0x7FFF, 0x8000, 0xFF00, 0xFFFE, 0xFFFF};

    @Test
    void sumsTheExampleOfRfc1071() {
        ByteBuffer octets =
                Packets.buffer(new byte[] {0, 1, (byte) 0xf2, 3, (byte) 0xf4, (byte) 0xf5, (byte) 0xf6, (byte) 0xf7});

        assertEquals(0xddf2, Checksum.sum(octets, 0, 8));
    }

    @Test
    void updatesTheExampleOfRfc1624() {
        // Section 4: where the older equation 2 gives 0xFFFF, equation 3 gives 0.
        assertEquals(0x0000, Checksum.update16(0xDD2F, 0x5555, 0x3285));
    }

    @Test
    @DisplayName("R35: sums are the plain sum at every offset and of every length, odd ones too")
    void sumsLikeThePlainSumAtEveryOffsetAndLength() {
        SplittableRandom random = new SplittableRandom(SEED);
        byte[] octets = new byte[LONGEST + 8];
        for (int round = 0; round < 200; round++) {
            fill(octets, random);
            ByteBuffer direct = Packets.direct(octets);
            for (int length = 0; length <= LONGEST; length++) {
                int offset = random.nextInt(8);
                assertEquals(Packets.sum(octets, offset, length), Checksum.sum(direct, offset, length));
            }
        }
    }

    @Test
    void foldsWhatOverflowsThirtyTwoBits() {
        byte[] octets = new byte[65_535];
        Arrays.fill(octets, (byte) 0xFF);

        assertEquals(Packets.sum(octets, 0, 65_535), Checksum.sum(Packets.buffer(octets), 0, 65_535));
    }

    @Test
    void sumsNothingToZero() {
        assertEquals(0, Checksum.sum(ByteBuffer.allocate(0), 0, 0));
    }

    @Test
    void addsLikeTheSumOfTheTwoWords() {
        for (int a : EDGES) {
            for (int b : EDGES) {
                byte[] words = ByteBuffer.allocate(4)
                        .putShort((short) a)
                        .putShort((short) b)
                        .array();
                assertEquals(Packets.sum(words, 0, 4), Checksum.add(a, b));
            }
        }
    }

    @Test
    void sumsThePseudoHeaderLikeItsTwelveOctets() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < 100_000; i++) {
            int source = value32(random);
            int destination = value32(random);
            int length = value16(random);
            byte[] header = ByteBuffer.allocate(12)
                    .putInt(source)
                    .putInt(destination)
                    .putShort((short) Protocol.UDP)
                    .putShort((short) length)
                    .array();

            assertEquals(Packets.sum(header, 0, 12), Checksum.pseudoHeader(source, destination, Protocol.UDP, length));
        }
    }

    @Test
    @DisplayName("R29, R35: an update by a difference of 16 bits agrees with a full recompute")
    void update16AgreesWithAFullRecompute() {
        SplittableRandom random = new SplittableRandom(SEED);
        byte[] octets = new byte[LONGEST];
        ByteBuffer buffer = Packets.buffer(octets);
        for (int i = 0; i < CASES; i++) {
            int length = region(octets, random, Short.BYTES);
            int at = 2 * random.nextInt(1, length / 2);
            int before = checksum(octets, length);
            int oldWord = buffer.getShort(at) & 0xFFFF;
            int newWord = value16(random);

            int updated = Checksum.update16(before, oldWord, newWord);

            buffer.putShort(at, (short) newWord);
            assertSame(checksum(octets, length), updated, length, oldWord, newWord);
        }
    }

    @Test
    @DisplayName("R27, R35: an update by a difference of 32 bits agrees with a full recompute")
    void update32AgreesWithAFullRecompute() {
        SplittableRandom random = new SplittableRandom(SEED + 1);
        byte[] octets = new byte[LONGEST];
        ByteBuffer buffer = Packets.buffer(octets);
        for (int i = 0; i < CASES; i++) {
            int length = region(octets, random, Integer.BYTES);
            int at = 2 * random.nextInt(1, length / 2 - 1);
            int before = checksum(octets, length);
            int oldInt = buffer.getInt(at);
            int newInt = value32(random);

            int updated = Checksum.update32(before, oldInt, newInt);

            buffer.putInt(at, newInt);
            assertSame(checksum(octets, length), updated, length, oldInt, newInt);
        }
    }

    @Test
    @DisplayName("R35: every pair of edges, 0x0000 and 0xFFFF among them, agrees with a full recompute")
    void everyPairOfEdgesAgreesWithAFullRecompute() {
        for (int first : EDGES) {
            for (int oldWord : EDGES) {
                for (int newWord : EDGES) {
                    int before = Checksum.complement(Checksum.add(Checksum.add(0x0B00, first), oldWord));
                    int after = Checksum.complement(Checksum.add(Checksum.add(0x0B00, first), newWord));

                    assertEquals(after, Checksum.update16(before, oldWord, newWord));
                }
            }
        }
    }

    @Test
    @DisplayName("R29: a wrong checksum stays wrong by the same amount")
    void whatWasWrongStaysWrongByTheSameAmount() {
        SplittableRandom random = new SplittableRandom(SEED + 2);
        for (int i = 0; i < 100_000; i++) {
            int wrong = random.nextInt(1, 0xFFFF);
            int oldWord = value16(random);
            int newWord = value16(random);

            int there = Checksum.update16(wrong, oldWord, newWord);
            int back = Checksum.update16(there, newWord, oldWord);

            assertEquals(wrong, back);
        }
    }

    @Test
    void anUpdateThatChangesNothingKeepsEveryChecksum() {
        for (int checksum = 0; checksum <= 0xFFFF; checksum++) {
            for (int word : EDGES) {
                assertEquals(checksum, Checksum.update16(checksum, word, word));
            }
        }
    }

    /**
     * Fills a region of even or odd length, at least four words, with random octets, zeros or ones. The first word is
     * not zero, as a type or a version is in every header: with all octets zero, the two zeros could not be
     * distinguished.
     */
    private static int region(byte[] octets, SplittableRandom random, int wordLength) {
        int length = random.nextInt(4 + wordLength, octets.length + 1);
        switch (random.nextInt(4)) {
            case 0 -> Arrays.fill(octets, (byte) 0);
            case 1 -> Arrays.fill(octets, (byte) 0xFF);
            default -> fill(octets, random);
        }
        octets[0] = (byte) random.nextInt(1, 0x100);
        return length;
    }

    private static void fill(byte[] octets, SplittableRandom random) {
        for (int i = 0; i < octets.length; i += Long.BYTES) {
            long bits = random.nextLong();
            for (int j = i; j < Math.min(i + Long.BYTES, octets.length); j++) {
                octets[j] = (byte) bits;
                bits >>>= Byte.SIZE;
            }
        }
    }

    /** A third of the words are edge cases. */
    private static int value16(SplittableRandom random) {
        return random.nextInt(3) == 0 ? EDGES[random.nextInt(EDGES.length)] : random.nextInt(0x10000);
    }

    private static int value32(SplittableRandom random) {
        return value16(random) << 16 | value16(random);
    }

    private static int checksum(byte[] octets, int length) {
        return Checksum.complement(Packets.sum(octets, 0, length));
    }

    private static void assertSame(int recomputed, int updated, int length, int oldWord, int newWord) {
        assertTrue(recomputed == updated, () -> "length %d, %x -> %x: recomputed %04x, updated %04x"
                .formatted(length, oldWord, newWord, recomputed, updated));
    }
}
