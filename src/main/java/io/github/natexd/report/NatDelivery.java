package io.github.natexd.report;

/**
 * Who delivers one class of errors to guests: the NAT process or natexd.
 *
 * @param errors the kind of errors, such as "port-unreachable"
 * @param probeProtocol the protocol of the probes that these errors quote
 * @param byNat the NAT process was seen to deliver them, so natexd leaves them to it
 * @param byNatexd natexd had such an error for a guest and relays them; meaningless with {@code byNat}
 */
public record NatDelivery(String errors, int probeProtocol, boolean byNat, boolean byNatexd) {}
