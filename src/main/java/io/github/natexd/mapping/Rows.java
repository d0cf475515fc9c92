package io.github.natexd.mapping;

/**
 * The memory of one table: rows of 16 ints each. A row fills one cache line or two, so that a look-up costs about the
 * same in a small table and in a large one.
 *
 * <p>Rows lie in blocks, each made when its first row is taken, and kept: a table with room for 65,536 rows that has never
 * had more than 1,024 at a time occupies 64 KiB, and at the most 4 MiB.
 */
final class Rows {
    private static final int ROW_BITS = 4;
    private static final int BLOCK_BITS = 10;
    private static final int BLOCK_ROWS = 1 << BLOCK_BITS;

    private final int[][] blocks;
    private final int capacity;

    Rows(int capacity) {
        this.capacity = capacity;
        blocks = new int[(capacity + BLOCK_ROWS - 1) >>> BLOCK_BITS][];
    }

    /** Makes the block of a row that is used for the first time; rows are taken from 0 upwards. */
    void take(int row) {
        if ((row & (BLOCK_ROWS - 1)) == 0) {
            blocks[row >>> BLOCK_BITS] = new int[Math.min(BLOCK_ROWS, capacity - row) << ROW_BITS];
        }
    }

    int get(int row, int column) {
        return blocks[row >>> BLOCK_BITS][at(row, column)];
    }

    void set(int row, int column, int value) {
        blocks[row >>> BLOCK_BITS][at(row, column)] = value;
    }

    /** A number of 64 bits in this column and the next. */
    long getLong(int row, int column) {
        int[] block = blocks[row >>> BLOCK_BITS];
        int at = at(row, column);
        return ((long) block[at] << 32) | (block[at + 1] & 0xFFFF_FFFFL);
    }

    void setLong(int row, int column, long value) {
        int[] block = blocks[row >>> BLOCK_BITS];
        int at = at(row, column);
        block[at] = (int) (value >>> 32);
        block[at + 1] = (int) value;
    }

    /** Where a column lies within its block. */
    private static int at(int row, int column) {
        return ((row & (BLOCK_ROWS - 1)) << ROW_BITS) | column;
    }
}
