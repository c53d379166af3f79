package org.igniterealtime.openfire.testclient;

import org.dom4j.Element;

/**
 * A stanza that has arrived.
 *
 * @param element the stanza, without a parent; not to be modified
 * @param nanoTime {@link System#nanoTime()} at the moment its end tag had been read
 */
public record Received(Element element, long nanoTime) {}
