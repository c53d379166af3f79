package org.igniterealtime.openfire.plugin.unifiedrouting.bench;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.List;
import java.util.Optional;
import javax.management.JMX;
import javax.management.MBeanServerConnection;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.igniterealtime.openfire.testserver.boot.StatementsMBean;

/** A look into the server's process: its heap, and what it asks its database. */
final class RemoteJvm implements AutoCloseable {

    private final JMXConnector connector;
    private final MBeanServerConnection beans;
    private final MemoryMXBean memory;
    private final List<MemoryPoolMXBean> heap;

    private RemoteJvm(JMXConnector connector) throws IOException {
        this.connector = connector;
        beans = connector.getMBeanServerConnection();
        memory = ManagementFactory.getPlatformMXBean(beans, MemoryMXBean.class);
        heap = ManagementFactory.getPlatformMXBeans(beans, MemoryPoolMXBean.class).stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .toList();
    }

    static RemoteJvm of(ProcessHandle process) throws IOException {
        try {
            VirtualMachine machine = VirtualMachine.attach(Long.toString(process.pid()));
            try {
                return new RemoteJvm(
                        JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent())));
            } finally {
                machine.detach();
            }
        } catch (AttachNotSupportedException e) {
            throw new IOException(e);
        }
    }

    /** Bytes in use after a full collection. */
    long liveHeap() {
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }

    /** From now on the peak is taken. */
    void resetPeak() {
        heap.forEach(MemoryPoolMXBean::resetPeakUsage);
    }

    /** At most so many bytes were in use at any time, garbage included: the peaks of all pools together. */
    long peakHeap() {
        return heap.stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
    }

    /** Empty for an installed server, whose connection pool is its own. */
    Optional<StatementsMBean> statements() throws IOException {
        try {
            ObjectName name = new ObjectName(StatementsMBean.NAME);
            return beans.isRegistered(name)
                    ? Optional.of(JMX.newMBeanProxy(beans, name, StatementsMBean.class))
                    : Optional.empty();
        } catch (MalformedObjectNameException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        connector.close();
    }
}
