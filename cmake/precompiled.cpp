// Carries the precompiled headers of the rooms (cmake/TautRooms.cmake).
