/**
 * The Debian package, in containers with systemd: installation, upgrade, removal, the service, its hardening and the
 * commands of the README. These tests need root and a Docker engine.
 */
package io.github.natexd.container;
