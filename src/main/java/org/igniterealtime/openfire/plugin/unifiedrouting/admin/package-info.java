/**
 * Pages of the admin console: servlets that ask the plugin for a view and render it, or hand it what was entered. Knows
 * {@code openfire}, the progress of an import and the servlet API; decides nothing. Servlets rather than JSPs, because a
 * compiled JSP runs on one of Openfire 4.2 and 5 only.
 */
package org.igniterealtime.openfire.plugin.unifiedrouting.admin;
