package io.github.natexd.cli.doctor;

/**
 * One check and what it came to.
 *
 * @param check the check's name, which stays the same: {@code interface}
 * @param title what would be well: "the guest network is up"
 * @param why what was found
 * @param fix what to do; empty where nothing is to be done
 */
public record DoctorFinding(String check, String title, State state, String why, String fix) {}
