/**
 * natexd as it is built, run in the lab's host while real clients trace routes in its guests: each test starts a lab and
 * the packaged program, and checks what users, the host and the wire see. All need root. {@code *VmTest} also need
 * Debian's stock kernel.
 */
package io.github.natexd.endtoend;
