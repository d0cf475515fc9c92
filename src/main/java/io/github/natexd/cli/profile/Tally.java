package io.github.natexd.cli.profile;

/** How many examples of a trait were seen that show it, and how many that show the opposite. */
final class Tally {
    private long yes;
    private long no;

    void note(boolean shown) {
        if (shown) {
            yes++;
        } else {
            no++;
        }
    }

    Finding finding(Trait trait) {
        return new Finding(trait, Finding.State.of(yes, no), yes, no);
    }
}
