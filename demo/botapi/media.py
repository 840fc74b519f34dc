"""Photos and documents on their way in: uploaded with the call, or named by the file_id of an earlier one."""

import asyncio

from demo.botapi.errors import bad_request
from demo.botapi.params import Params, Upload
from demo.model import StoredFile
from demo.pictures import NoPicture, to_photo
from demo.state import State

PHOTO_LARGEST = 10_000_000


async def read_photo(state: State, params: Params, name: str = "photo") -> StoredFile:
    """The photo a parameter holds or points to."""
    if name not in params:
        raise bad_request("there is no photo in the request")
    upload = params.upload(name)
    if upload is None:
        return photo_by_id(state, params.text(name))
    return await uploaded_photo(state, upload)


async def uploaded_photo(state: State, upload: Upload) -> StoredFile:
    if not upload.content:
        raise bad_request("file must be non-empty")
    if len(upload.content) > PHOTO_LARGEST:
        raise bad_request("file is too big")
    try:
        picture = await asyncio.to_thread(to_photo, upload.content)
    except NoPicture as error:
        raise bad_request(str(error)) from error
    return state.keep_file(picture.content, "photo.jpg", "image/jpeg", (picture.width, picture.height))


def photo_by_id(state: State, file_id: str) -> StoredFile:
    file = _by_id(state, file_id)
    if not file.width:
        raise bad_request("can't use file of type Document as Photo")
    return file


def read_document(state: State, params: Params, name: str = "document") -> StoredFile:
    if name not in params:
        raise bad_request("there is no document in the request")
    upload = params.upload(name)
    return document_by_id(state, params.text(name)) if upload is None else uploaded_document(state, upload)


def uploaded_document(state: State, upload: Upload) -> StoredFile:
    if not upload.content:
        raise bad_request("file must be non-empty")
    return state.keep_file(upload.content, upload.filename, upload.content_type)


def document_by_id(state: State, file_id: str) -> StoredFile:
    file = _by_id(state, file_id)
    if file.width:
        raise bad_request("can't use file of type Photo as Document")
    return file


def _by_id(state: State, file_id: str) -> StoredFile:
    file = state.files.get(file_id)
    if file is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    return file
