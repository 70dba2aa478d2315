"""Every error in one JSON shape."""

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from api.schemas import Problem
from core.errors import SignInError, VitrineError

MEDIA_TYPE = "application/problem+json"
log = logging.getLogger("vitrine.api")


def handle_problems(app: FastAPI) -> None:
    """Render every error the routes raise; a bug is logged with its traceback and shown without."""

    @app.exception_handler(VitrineError)
    async def known(_: Request, error: VitrineError) -> JSONResponse:
        answer = _answer(error.status, error.title, error.detail, error.hint)
        if isinstance(error, SignInError):
            answer.headers["WWW-Authenticate"] = "Bearer"
        return answer

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        place = " → ".join(str(part) for part in first["loc"])
        return _answer(422, "This route expects another request.", f"{place}: {first['msg']}", "See /api/docs.")

    @app.exception_handler(HTTPException)
    async def plain(_: Request, error: HTTPException) -> JSONResponse:
        answer = _answer(error.status_code, str(error.detail), "", "See /api/docs for the routes.")
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(Exception)
    async def bug(request: Request, error: Exception) -> JSONResponse:
        log.exception("%s %s failed", request.method, request.url.path, exc_info=error)
        return _answer(500, "The server failed to answer.", "This is a fault of Vitrine.", "See the server's log.")


def documented(*codes: int) -> dict[int | str, dict[str, Any]]:
    """Error answers for a route's OpenAPI entry."""
    return {code: {"model": Problem, "content": {MEDIA_TYPE: {}}} for code in codes}


def _answer(status: int, title: str, detail: str, hint: str) -> JSONResponse:
    body = Problem(status=status, title=title, detail=detail, hint=hint)
    return JSONResponse(body.model_dump(), status, media_type=MEDIA_TYPE)
