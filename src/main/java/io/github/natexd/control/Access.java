package io.github.natexd.control;

import io.github.natexd.control.ControlException.Kind;
import java.util.OptionalInt;

/**
 * Who may ask, and who may change anything.
 *
 * @param ownUser the daemon's user id: what it may do, it may also know
 * @param groupName the group whose members may ask
 * @param group its id; empty where the system has no such group
 */
public record Access(int ownUser, String groupName, OptionalInt group) {
    private static final int ROOT = 0;

    void checkMayAsk(Caller caller) throws ControlException {
        boolean member = group.isPresent() && caller.groups().contains(group.getAsInt());
        if (caller.user() != ROOT && caller.user() != ownUser && !member) {
            throw new ControlException(
                    Kind.REFUSED,
                    "user " + unsigned(caller.user()) + " is neither root nor in group " + groupName,
                    remedy(groupName));
        }
    }

    void checkMayChange(Caller caller) throws ControlException {
        if (caller.user() != ROOT) {
            throw new ControlException(
                    Kind.REFUSED,
                    "user " + unsigned(caller.user()) + " is not root, and changing natexd needs root",
                    "put sudo in front");
        }
    }

    static String remedy(String groupName) {
        return "put sudo in front, or join the group and log in anew: sudo usermod -aG " + groupName + " $USER";
    }

    private static String unsigned(int user) {
        return Integer.toUnsignedString(user);
    }
}
