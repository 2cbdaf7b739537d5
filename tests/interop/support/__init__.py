"""What the interop tests stand on: the program under test and independent WebRTC peers."""
