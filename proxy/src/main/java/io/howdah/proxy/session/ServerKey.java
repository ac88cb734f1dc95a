package io.howdah.proxy.session;

/// What a server wants to hear with a cancel request.
///
/// @param process its process
/// @param secret proves that it was told to us
record ServerKey(int process, int secret) {}
