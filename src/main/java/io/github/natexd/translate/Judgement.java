package io.github.natexd.translate;

import io.github.natexd.mapping.Probe;
import io.github.natexd.mapping.Sighting;
import io.github.natexd.wire.MplsLabels;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One error that is being judged: the packet as received, its contents, the decision, and the guest that gets it. The
 * {@link Translator} fills it; it is reused for other errors.
 */
public final class Judgement {
    ByteBuffer buffer = ByteBuffer.allocate(0);
    int offset;
    int length;
    boolean truncated;
    boolean last;
    private long arrivedNanos;
    private long arrivedEpochNanos;

    Reason reason = Reason.NO_MAPPING;
    boolean open;
    long openUntilNanos;

    boolean errorRead;
    int reporter;
    int type;
    int code;
    int nextHopMtu;
    int totalLength;
    final MplsLabels labels = new MplsLabels();

    boolean quoteRead;
    final Probe quoted = new Probe();

    private @Nullable Sighting sender;
    private int guest;
    private int guestPort;
    boolean identificationChanged;
    private long guestMac;
    private long gatewayMac;

    /** Begins with a received packet of {@code itsLength} octets at {@code itsOffset}. */
    public void begin(ByteBuffer itsBuffer, int itsOffset, int itsLength, long itsArrivedNanos) {
        buffer = itsBuffer;
        offset = itsOffset;
        length = itsLength;
        arrivedNanos = itsArrivedNanos;
        arrivedEpochNanos = 0;
        truncated = false;
        last = false;
        forget();
    }

    /** When the kernel received the packet: nanoseconds since 1970. */
    public void arrivedEpochNanos(long nanos) {
        arrivedEpochNanos = nanos;
    }

    /** The packet is longer than the octets at hand. */
    public void truncated() {
        truncated = true;
    }

    /** The judgement must be final: the error is not left open. */
    public void last() {
        last = true;
    }

    /** Forgets what was read and decided. */
    void forget() {
        reason = Reason.NO_MAPPING;
        open = false;
        errorRead = false;
        quoteRead = false;
        sender = null;
        labels.clear();
    }

    /** A guest's probe is quoted. */
    void sentBy(Sighting probe, boolean changed) {
        sender = probe;
        guest = probe.source();
        guestPort = probe.sourcePort();
        guestMac = probe.guestMac();
        gatewayMac = probe.gatewayMac();
        identificationChanged = changed;
    }

    /** This guest gets the error although nobody saw it send the probe: only its address is restored. */
    public void copyTo(int address, long itsMac, long itsGatewayMac) {
        guest = address;
        guestPort = quoted.sourcePort();
        guestMac = itsMac;
        gatewayMac = itsGatewayMac;
        identificationChanged = false;
    }

    /** Replaces the decision. */
    public void becomes(Reason other) {
        reason = other;
    }

    public ByteBuffer buffer() {
        return buffer;
    }

    public int offset() {
        return offset;
    }

    /** The octets at hand. */
    public int length() {
        return length;
    }

    public long arrivedNanos() {
        return arrivedNanos;
    }

    /** When the kernel received the packet: nanoseconds since 1970, 0 if unknown. */
    public long arrivedEpochNanos() {
        return arrivedEpochNanos;
    }

    public Reason reason() {
        return reason;
    }

    /** Nothing is certain yet; a sighting before {@link #openUntilNanos} may show whose probe it is. */
    public boolean isOpen() {
        return open;
    }

    public long openUntilNanos() {
        return openUntilNanos;
    }

    /** The packet is ICMP: reporter, type, code and labels are valid. */
    public boolean isErrorRead() {
        return errorRead;
    }

    /** The source of the outer header. */
    public int reporter() {
        return reporter;
    }

    public int type() {
        return type;
    }

    public int code() {
        return code;
    }

    /** Of "fragmentation needed" (RFC 1191), if it was read; otherwise meaningless. */
    public int nextHopMtu() {
        return nextHopMtu;
    }

    /** The outer total length. */
    public int totalLength() {
        return totalLength;
    }

    /** MPLS label stack entries, if they were read. */
    public MplsLabels labels() {
        return labels;
    }

    /** It quotes a probe: {@link #quoted} is valid. */
    public boolean isQuoteRead() {
        return quoteRead;
    }

    public Probe quoted() {
        return quoted;
    }

    /** The guest's sighting of the quoted probe, valid during this turn; null if there is none. */
    public @Nullable Sighting sender() {
        return sender;
    }

    /** The guest that gets the error. */
    public int guest() {
        return guest;
    }

    public int guestPort() {
        return guestPort;
    }

    public long guestMac() {
        return guestMac;
    }

    public long gatewayMac() {
        return gatewayMac;
    }
}
