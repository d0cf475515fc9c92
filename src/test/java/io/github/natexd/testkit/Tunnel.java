package io.github.natexd.testkit;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.Node;
import io.github.natexd.linux.emulation.Namespace;
import io.github.natexd.linux.emulation.Tap;
import io.github.natexd.linux.libc.EventFd;
import io.github.natexd.linux.libc.Poller;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/** Two connected TUN devices in two nodes: a link without Ethernet headers, as in VPNs. They are down at first. */
public final class Tunnel implements AutoCloseable {
    private static final int PACKET_MAX = 2048;
    private static final long FOREVER = -1;

    private final Tap near;
    private final Tap far;
    private final EventFd stop = new EventFd();
    private final AtomicInteger arrived = new AtomicInteger();
    private final Thread pump;

    private Tunnel(Tap near, Tap far) {
        this.near = near;
        this.far = far;
        this.pump = new Thread(this::run, "tunnel");
        pump.setDaemon(true);
        pump.start();
    }

    public static Tunnel between(Lab lab, Node near, Node far, String interfaceName) {
        return new Tunnel(
                Namespace.call(lab.namespace(near), () -> Tap.openTun(interfaceName)),
                Namespace.call(lab.namespace(far), () -> Tap.openTun(interfaceName)));
    }

    /** The number of packets that the near end has received. */
    public int arrived() {
        return arrived.get();
    }

    private void run() {
        Poller poller = new Poller(3);
        poller.register(near.descriptor());
        poller.register(far.descriptor());
        int stopPlace = poller.register(stop.descriptor());
        ByteBuffer buffer = ByteBuffer.allocateDirect(PACKET_MAX);
        do {
            poller.poll(FOREVER);
            for (int length = near.read(buffer); length > 0; length = near.read(buffer)) {
                boolean unused = far.write(buffer, 0, length);
            }
            for (int length = far.read(buffer); length > 0; length = far.read(buffer)) {
                if (near.write(buffer, 0, length)) {
                    arrived.incrementAndGet();
                }
            }
        } while (!poller.ready(stopPlace));
    }

    @Override
    public void close() {
        stop.signal();
        try {
            pump.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        near.close();
        far.close();
        stop.close();
    }
}
