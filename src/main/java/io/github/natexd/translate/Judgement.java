package io.github.natexd.translate;

import io.github.natexd.mapping.Sighting;
import io.github.natexd.report.Reason;
import io.github.natexd.wire.MplsLabels;
import io.github.natexd.wire.ReadProbe;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One error that is being judged: the packet as received, its contents, the decision, and the guest that gets it. The
 * {@link Translator} fills it; it is reused for other errors.
 */
public final class Judgement {
    public static final int NO_FRAME = -1;

    /** The packet as received: {@code length} octets are at hand; truncated means that the packet is longer. */
    public ByteBuffer buffer = ByteBuffer.allocate(0);

    public int offset;
    public int length;
    public boolean truncated;
    public long arrivedNanos;
    /** When the kernel received the packet: nanoseconds since 1970, 0 if unknown. */
    public long arrivedEpochNanos;

    /** The judgement must be final: never open. */
    public boolean last;

    /** The decision. If it is open, a sighting before that time may still show whose probe is quoted. */
    public Reason reason = Reason.NO_MAPPING;

    public boolean open;
    public long openUntilNanos;

    /** Whether these are valid: the packet is ICMP. */
    public boolean errorRead;
    /** The source of the outer header. */
    public int reporter;

    public int type;
    public int code;
    /** The outer total length. */
    public int totalLength;
    /** Of "fragmentation needed" (RFC 1191); like the labels, only after {@link Translator#readDetails}. */
    public int nextHopMtu;

    public final MplsLabels labels = new MplsLabels();

    /** Whether {@link #quoted} is valid: the packet quotes a probe. */
    public boolean quoteRead;

    public final ReadProbe quoted = new ReadProbe();

    /** The guest's sighting of the quoted probe, valid during this turn; null if there is none. */
    public @Nullable Sighting sender;
    /** The guest that gets the error. */
    public int guest;

    public int guestPort;
    public long guestMac;
    public long gatewayMac;
    /** The index of the frame that carries the error to the guest, in its batch; or {@link #NO_FRAME}. */
    public int frame = NO_FRAME;

    boolean identificationChanged;

    /** Begins with a received packet of {@code itsLength} octets at {@code itsOffset}. */
    public void begin(ByteBuffer itsBuffer, int itsOffset, int itsLength, long itsArrivedNanos) {
        buffer = itsBuffer;
        offset = itsOffset;
        length = itsLength;
        arrivedNanos = itsArrivedNanos;
        arrivedEpochNanos = 0;
        truncated = false;
        last = false;
        reason = Reason.NO_MAPPING;
        open = false;
        errorRead = false;
        quoteRead = false;
        sender = null;
        frame = NO_FRAME;
        labels.clear();
    }

    /** This guest gets the error although nobody saw it send the probe: only its address is restored. */
    public void copyTo(int address, long itsMac, long itsGatewayMac) {
        guest = address;
        guestPort = quoted.sourcePort;
        guestMac = itsMac;
        gatewayMac = itsGatewayMac;
        identificationChanged = false;
    }
}
