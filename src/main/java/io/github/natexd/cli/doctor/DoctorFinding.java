package io.github.natexd.cli.doctor;

/**
 * One check and its result.
 *
 * @param check the check's name, which stays the same: {@code interface}
 * @param title the good state: "the guest network is up"
 * @param why what was found
 * @param fix what to do; empty if there is nothing to do
 */
public record DoctorFinding(String check, String title, State state, String why, String fix) {}
