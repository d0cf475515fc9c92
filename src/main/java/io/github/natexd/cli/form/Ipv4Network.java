package io.github.natexd.cli.form;

import io.github.natexd.wire.Ipv4Address;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** An IPv4 network; the bits of {@code address} behind the prefix are 0. */
public record Ipv4Network(int address, int prefixLength) {
    private static final int ADDRESS_BITS = 32;
    private static final int USUAL_PREFIX_LENGTH = 24;

    /** The network of this prefix length that contains the address. */
    public static Ipv4Network around(int address, int prefixLength) {
        return new Ipv4Network(address & mask(prefixLength), prefixLength);
    }

    /** The network of the size that VMware gives its networks. */
    public static Ipv4Network around(int address) {
        return around(address, USUAL_PREFIX_LENGTH);
    }

    /** Reads {@code 192.168.44.0/24}. @throws IllegalArgumentException if the text is not a network */
    public static Ipv4Network parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0 || !text.substring(slash + 1).matches("[0-9]{1,2}")) {
            throw new IllegalArgumentException("not a network like 192.168.44.0/24: \"" + text + "\"");
        }
        int address = Ipv4Address.parse(text.substring(0, slash));
        int prefixLength = Integer.parseInt(text.substring(slash + 1));
        if (prefixLength < 1 || prefixLength > ADDRESS_BITS) {
            throw new IllegalArgumentException("the prefix length must be 1 to 32: \"" + text + "\"");
        }
        Ipv4Network network = around(address, prefixLength);
        if (network.address() != address) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" has bits set after the prefix; did you mean " + network + "?");
        }
        return network;
    }

    public boolean contains(int other) {
        return (other & mask(prefixLength)) == address;
    }

    @Override
    public String toString() {
        return Ipv4Address.text(address) + "/" + prefixLength;
    }

    private static int mask(int prefixLength) {
        return -1 << (ADDRESS_BITS - prefixLength);
    }

    /** Converts an argument of the command line. */
    public static final class Converter implements ITypeConverter<Ipv4Network> {
        @Override
        public Ipv4Network convert(String text) {
            try {
                return parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }

    /** Converts a single address on the command line. */
    public static final class AddressConverter implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            try {
                return Ipv4Address.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }
}
