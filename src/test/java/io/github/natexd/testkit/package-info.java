/**
 * What tests of several packages share: packets and their builders, captures and files of packets, fakes of the relay's
 * three ports, natexd and other programs in a lab.
 */
package io.github.natexd.testkit;
