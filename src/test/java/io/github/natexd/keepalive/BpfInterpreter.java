package io.github.natexd.keepalive;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Follows a program of the kernel's through every branch, whatever its condition would be, and refuses what the test of it
 * has not allowed: other instructions, other functions of the kernel, memory other than the context and the stack, values
 * that nobody has set. It knows nothing of how the program was made: the numbers are those of the instruction set (RFC
 * 9669).
 */
final class BpfInterpreter {
    private static final int STACK_OCTETS = 512;
    private static final int STEPS_MAX = 1_000;
    private static final int FRAME = 10;
    private static final long UNKNOWN = Long.MIN_VALUE;

    /** A call of bpf_setsockopt: what it was given. */
    record Option(int level, int name, int value) {}

    /**
     * One way through the program.
     *
     * @param condition for each branch, whether the values were unequal: {@code "context+32 != 1: true"}
     */
    record Path(List<String> conditions, List<Option> options, long result) {}

    private enum Kind {
        UNSET,
        NUMBER,
        CONTEXT,
        STACK
    }

    private record Value(Kind kind, long number, String origin) {
        static final Value UNSET_VALUE = new Value(Kind.UNSET, 0, "");

        static Value number(long number) {
            return new Value(Kind.NUMBER, number, String.valueOf(number));
        }

        static Value unknown(String origin) {
            return new Value(Kind.NUMBER, UNKNOWN, origin);
        }
    }

    private static final class State {
        final Value[] registers = new Value[FRAME + 1];
        final int[] stack = new int[STACK_OCTETS / Integer.BYTES];
        final boolean[] written = new boolean[STACK_OCTETS / Integer.BYTES];
        final List<String> conditions = new ArrayList<>();
        final List<Option> options = new ArrayList<>();

        State copy() {
            State copy = new State();
            System.arraycopy(registers, 0, copy.registers, 0, registers.length);
            System.arraycopy(stack, 0, copy.stack, 0, stack.length);
            System.arraycopy(written, 0, copy.written, 0, written.length);
            copy.conditions.addAll(conditions);
            copy.options.addAll(options);
            return copy;
        }
    }

    private final long[] program;
    private final Set<Integer> contextWords;
    private final List<Path> paths = new ArrayList<>();
    private final Set<Integer> visited = new LinkedHashSet<>();

    private BpfInterpreter(long[] program, Set<Integer> contextWords) {
        this.program = program;
        this.contextWords = contextWords;
    }

    /**
     * Every way through the program.
     *
     * @param contextWords where the program may read 32 bits of its context
     */
    static List<Path> paths(long[] program, Set<Integer> contextWords) {
        BpfInterpreter interpreter = new BpfInterpreter(program, contextWords);
        State state = new State();
        Arrays.fill(state.registers, Value.UNSET_VALUE);
        state.registers[1] = new Value(Kind.CONTEXT, 0, "context");
        state.registers[FRAME] = new Value(Kind.STACK, 0, "stack");
        interpreter.follow(state, 0);
        require(interpreter.visited.size() == program.length, "instructions that no path reaches");
        return interpreter.paths;
    }

    private void follow(State state, int start) {
        int at = start;
        for (int steps = 0; steps < STEPS_MAX; steps++) {
            require(at >= 0 && at < program.length, "goes to " + at);
            visited.add(at);
            long instruction = program[at];
            int operation = (int) (instruction & 0xff);
            int destination = (int) (instruction >> 8 & 0xf);
            int source = (int) (instruction >> 12 & 0xf);
            int offset = (short) (instruction >> 16);
            int immediate = (int) (instruction >> 32);
            Value[] registers = state.registers;
            switch (operation) {
                case 0x95 -> { // exit
                    Value result = registers[0];
                    require(result.kind == Kind.NUMBER && result.number != UNKNOWN, "returns " + result);
                    paths.add(new Path(state.conditions, state.options, result.number));
                    return;
                }
                case 0x55 -> { // jump if not equal to the immediate
                    require(registers[destination].kind == Kind.NUMBER, "compares " + registers[destination]);
                    require(offset >= 0, "goes back: may never end");
                    String condition = registers[destination].origin + " != " + immediate + ": ";
                    State other = state.copy();
                    other.conditions.add(condition + true);
                    follow(other, at + 1 + offset);
                    state.conditions.add(condition + false);
                }
                case 0x85 -> call(state, immediate);
                default -> {
                    require(destination < FRAME || operation == 0x62, "writes the frame pointer");
                    step(state, operation, destination, source, offset, immediate);
                }
            }
            at++;
        }
        throw new AssertionError("does not end");
    }

    private void step(State state, int operation, int destination, int source, int offset, int immediate) {
        Value[] registers = state.registers;
        switch (operation) {
            case 0xb7 -> registers[destination] = Value.number(immediate);
            case 0xbf -> {
                require(registers[source].kind != Kind.UNSET, "copies a register that nobody has set");
                registers[destination] = registers[source];
            }
            case 0x07 -> {
                Value value = registers[destination];
                require(value.kind == Kind.STACK, "adds to " + value);
                registers[destination] = new Value(Kind.STACK, value.number + immediate, value.origin);
            }
            case 0x77 -> {
                Value value = registers[destination];
                require(value.kind == Kind.NUMBER, "shifts " + value);
                registers[destination] = Value.unknown(value.origin + " >> " + immediate);
            }
            case 0x61 -> {
                require(registers[source].kind == Kind.CONTEXT && contextWords.contains(offset), "reads at " + offset);
                registers[destination] = Value.unknown("context+" + offset);
            }
            case 0x62 -> {
                require(registers[destination].kind == Kind.STACK, "writes to " + registers[destination]);
                int word = word(registers[destination].number + offset);
                state.stack[word] = immediate;
                state.written[word] = true;
            }
            default -> throw new AssertionError("instruction 0x" + Integer.toHexString(operation));
        }
    }

    private static void call(State state, int function) {
        Value[] registers = state.registers;
        switch (function) {
            case 14 -> registers[0] = Value.unknown("pid_tgid");
            case 49 -> {
                require(registers[1].kind == Kind.CONTEXT, "bpf_setsockopt for " + registers[1]);
                require(registers[4].kind == Kind.STACK, "bpf_setsockopt with a value in " + registers[4]);
                require(registers[5].number == Integer.BYTES, "bpf_setsockopt of another length");
                int word = word(registers[4].number);
                require(state.written[word], "bpf_setsockopt with a value that nobody has set");
                state.options.add(new Option((int) registers[2].number, (int) registers[3].number, state.stack[word]));
                registers[0] = Value.unknown("bpf_setsockopt");
            }
            default -> throw new AssertionError("calls function " + function);
        }
        for (int register = 1; register <= 5; register++) {
            registers[register] = Value.UNSET_VALUE; // the kernel's functions do not keep them
        }
    }

    private static int word(long place) {
        require(place >= -STACK_OCTETS && place <= -Integer.BYTES && place % Integer.BYTES == 0, "stack at " + place);
        return (int) (place + STACK_OCTETS) / Integer.BYTES;
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError("the program " + otherwise);
        }
    }
}
