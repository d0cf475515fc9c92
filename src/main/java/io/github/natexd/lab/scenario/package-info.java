/**
 * Short plays about TUN and TAP devices, each in network namespaces of its own: what fails, what works, and
 * measurements that show why. {@link Scenario} is the play, {@link Stage} its network, {@link Step} what is shown.
 */
@NullMarked
package io.github.natexd.lab.scenario;

import org.jspecify.annotations.NullMarked;
