package io.github.natexd.linux.libc;

import com.kenai.jffi.MemoryIO;
import java.util.OptionalInt;

/** The system's groups, from files or a directory service (getgrnam(3)). */
public final class Groups {
    /** struct group { char *gr_name; char *gr_passwd; gid_t gr_gid; char **gr_mem; } */
    private static final int GR_GID = 16;

    private Groups() {}

    /** The group's number; empty: there is no group of this name. Not for use by several threads at a time. */
    public static OptionalInt id(String name) {
        long group = Libc.INSTANCE.getgrnam(name);
        return group == 0
                ? OptionalInt.empty()
                : OptionalInt.of(MemoryIO.getInstance().getInt(group + GR_GID));
    }
}
