package io.github.natexd.lab.scenario;

/**
 * One step of a scenario.
 *
 * @param name a word for programs, unique in its scenario
 * @param sentence what is done
 * @param expected what has to come of it
 * @param seen what came of it, with the figures measured
 * @param asExpected whether these are the same
 */
public record Step(String name, String sentence, String expected, String seen, boolean asExpected) {}
