/**
 * The programs that trace routes, the parsing of their output, the kinds of NAT processes behind which they run, and
 * the selection and the table of the matrix of both.
 */
package io.github.natexd.testkit.clients;
