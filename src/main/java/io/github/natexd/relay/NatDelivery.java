package io.github.natexd.relay;

/**
 * Who hands one class of errors to guests: the NAT process or natexd.
 *
 * @param errors the kind of errors, such as "port-unreachable"
 * @param probeProtocol the protocol of the probes that these errors quote
 * @param byNat the NAT process was seen delivering them, so natexd leaves them to it
 * @param byNatexd natexd has had such an error for a guest and relays them; meaningless where {@code byNat}
 */
public record NatDelivery(String errors, int probeProtocol, boolean byNat, boolean byNatexd) {}
