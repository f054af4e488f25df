"""64-bit IOS-XR routers of the lab."""
