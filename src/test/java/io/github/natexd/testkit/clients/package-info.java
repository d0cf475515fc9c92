/**
 * The programs that trace routes and how to read their output, the ways of NAT processes to run them behind, and the
 * selection and the table of the matrix of both.
 */
package io.github.natexd.testkit.clients;
