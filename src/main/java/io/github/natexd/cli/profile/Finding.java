package io.github.natexd.cli.profile;

/**
 * What is known of one trait.
 *
 * @param yes how many examples show it
 * @param no how many show the opposite
 */
record Finding(Trait trait, State state, long yes, long no) {
    /** One example in ten may be a number that is equal by chance, or a lost packet. */
    private static final long ONE_IN = 10;

    enum State {
        YES,
        NO,
        MIXED,
        UNKNOWN;

        static State of(long yes, long no) {
            if (yes == 0 && no == 0) {
                return UNKNOWN;
            }
            long all = yes + no;
            return no * ONE_IN <= all ? YES : yes * ONE_IN <= all ? NO : MIXED;
        }
    }

    /** The examples in words, or what is missing to know it. */
    String evidence() {
        return state == State.UNKNOWN ? trait.missing() : yes + " of " + (yes + no) + " " + trait.examples();
    }
}
