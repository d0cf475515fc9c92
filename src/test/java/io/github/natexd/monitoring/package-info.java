/** What monitoring reads and what the package gives to it, checked by Prometheus' own promtool. */
package io.github.natexd.monitoring;
