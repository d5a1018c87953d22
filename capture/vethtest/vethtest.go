// Package vethtest gives tests a network of their own: it runs the body of a test in a network namespace in which there is a
// veth pair and nothing else, and sends frames on it. No rights are needed where users may have namespaces. It is for Linux.
package vethtest
