package io.github.natexd.cli.paths;

import java.util.Locale;

/** What is remarkable about a hop: why answers are missing, or how they came. */
enum Remark {
    NO_ERROR("no error came back to the host"),
    NONE_SEEN("natexd got no error; root can see whether one came to the host"),
    DROPPED("the error came to the host but not to natexd: another rule dropped it, or the queue was full"),
    DAMAGED("the error came damaged: its checksum is wrong"),
    FORGOTTEN("natexd did not know the probe any more when the error came"),
    AMBIGUOUS("ambiguous: several senders are equally possible"),
    TOO_LONG("the error is longer than the guest network's MTU"),
    SEND_FAILED("the guest network did not accept the frame"),
    NO_GUEST_NETWORK("the guest network was missing"),
    RATE_LIMITED("the guest gets more errors per second than the configuration allows; the host got this one"),
    LATE("copied late: natexd saw the guest's probe after the error"),
    WEAK("copied on weak evidence; the host got it, too"),
    NAT_DELIVERS("delivered by the NAT process"),
    NAT_ANSWERS("the NAT process itself sent the error");

    private final String text;

    Remark(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }

    /** Nothing is known of an answer. */
    boolean isSilence() {
        return this == NO_ERROR || this == NONE_SEEN;
    }

    /** As the JSON has it. */
    String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
