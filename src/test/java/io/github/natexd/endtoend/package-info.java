/**
 * End-to-end tests: the packaged natexd runs in the lab's host while real clients trace routes in its guests. Each test
 * starts a lab and natexd, and checks what users, the host and the wire see. All need root. {@code *VmTest} also need
 * Debian's stock kernel.
 */
package io.github.natexd.endtoend;
